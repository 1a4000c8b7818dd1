"""The look: layouts, component tags, styles and scripts that every page is made of."""
