"""A page in, an Article out. Pure: no network, no clock, no database, no Scrapy.

`article.extract_article` is the way in; every other module reads one thing.
"""
