"""The pages, one module a theme: each reads a form or a query, calls the services and renders a template."""
