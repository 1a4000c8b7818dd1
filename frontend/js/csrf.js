// The token that a write needs. The cookie is the newest: another tab may have signed in since this page was made.
export function csrfToken(form) {
  const cookie = document.cookie.match(/(?:^|;\s*)(?:__Host-|__Secure-)?csrftoken=([^;]+)/);
  return cookie?.[1] ?? (form ?? document).querySelector('input[name="csrfmiddlewaretoken"]')?.value
    ?? document.querySelector('input[name="csrfmiddlewaretoken"]')?.value ?? "";
}

export function refreshToken(form) {
  const field = form.querySelector('input[name="csrfmiddlewaretoken"]');
  if (field) field.value = csrfToken(form);
}
