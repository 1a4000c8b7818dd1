"""政通 Zhengtong: one platform on which a county, city or province runs its e-government."""

__version__ = "0.1.0"
