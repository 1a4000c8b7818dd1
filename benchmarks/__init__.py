"""The figures of ``make bench``, each beside its reference in the same run. Data is kept in the bench database."""
