"""Packages of programming languages: what lies installed, what lock files ask for, what archives have inside.

One file for each format; none knows another, all build on `reading` (foreign bytes to plain values, bounded) and
`found` (plain values to packages, bounded). What is declared by a lock file in a folder of tests, fixtures or examples,
or inside an installed package, has the scope 'test': nobody runs it.
"""
