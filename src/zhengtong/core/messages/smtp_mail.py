"""E-mail by SMTP, through Django's backend: host, account and encryption come from the environment."""

from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from zhengtong.core.messages.providers import Receipt, SendFailed

_PERMANENT = range(500, 600)


class SmtpMailProvider:
    """Sends each message by itself. The Message-ID is made from the reference: who gets one twice shows it once."""

    def send(self, address: str, subject: str, text: str, reference: str) -> Receipt:
        domain = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
        identifier = f"<{reference}@{domain}>"
        message = EmailMessage(
            subject=subject,
            body=text,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[address],
            headers={"Message-ID": identifier, "Auto-Submitted": "auto-generated"},
            connection=get_connection("django.core.mail.backends.smtp.EmailBackend", timeout=settings.EMAIL_TIMEOUT),
        )
        try:
            message.send()
        except SMTPRecipientsRefused as error:
            code = next((code for code, _text in error.recipients.values()), 0)
            raise SendFailed(f"smtp-{code}", is_permanent=code in _PERMANENT) from None
        except SMTPAuthenticationError as error:
            # The operator's password is wrong, not the message: it goes out once that is put right.
            raise SendFailed(f"smtp-auth-{error.smtp_code}") from None
        except SMTPResponseException as error:
            raise SendFailed(f"smtp-{error.smtp_code}", is_permanent=error.smtp_code in _PERMANENT) from None
        except (SMTPException, OSError) as error:
            raise SendFailed(f"smtp-{type(error).__name__}") from None
        return Receipt(reference=identifier)
