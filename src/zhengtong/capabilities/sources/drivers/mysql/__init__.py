"""MariaDB and MySQL: the session with its errors, the types, writing. Reading is in ``drivers/mariadb.py``."""
