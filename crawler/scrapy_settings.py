"""Scrapy's settings. The comment beside a value says why it differs from Scrapy's default."""

from papers.settings import data_folder

BOT_NAME = "paperglot"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "cli.scrapy_commands"  # here `scrapy crawl` also reports its planned listings, and by its exit code

# The folder of the catalogue and the index.
PAPERGLOT_DATA = str(data_folder())

# The crawler's own name and contact come from [crawl]; see crawler.contact.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8",  # arXiv answers 406 without one
    "Accept-Language": "en",
}

ROBOTSTXT_OBEY = True  # Scrapy's default is False
ROBOTSTXT_USER_AGENT = "Paperglot"
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
    "crawler.contact.ContactMiddleware": 90,  # puts the contact on requests of `scrapy shell` and `fetch`, too
    "crawler.robots.RobotsMiddleware": 100,  # Scrapy's own lets requests through while it fetches a robots.txt
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.robots.SiteRedirectMiddleware": 600,  # Scrapy's own follows a redirect to any host
}

# The download handlers hold the rate limiter: only they see every request, including robots.txt and retries.
DOWNLOAD_HANDLERS = {
    "http": "crawler.download.PacedHandler",
    "https": "crawler.download.PacedHandler",
    "ftp": None,
    "file": None,
    "s3": None,
    "data": None,
}
DOWNLOAD_DELAY = 0  # the rate limiter replaces it
CONCURRENT_REQUESTS = 8  # requests wait in the handler, so more of them would be no faster
CONCURRENT_REQUESTS_PER_DOMAIN = 8
AUTOTHROTTLE_ENABLED = False
DOWNLOAD_TIMEOUT = 90  # a listing of 2,000 entries is 6 MB; the wait for the rate limiter does not count
DOWNLOAD_MAXSIZE = 64 << 20
RETRY_TIMES = 4
RETRY_HTTP_CODES = [406, 408, 429, 500, 502, 503, 504, 520, 522, 524]  # 406 is how arXiv's edge throttles, too
RETRY_GIVE_UP_LOG_LEVEL = "WARNING"  # the report at the end of the run names the listing
COOKIES_ENABLED = False
METAREFRESH_ENABLED = False  # a page that redirects in its HTML is not a list
REDIRECT_MAX_TIMES = 3

ITEM_PIPELINES = {
    "crawler.pipelines.KeepPipeline": 200,
}
CONCURRENT_ITEMS = 1  # an item is a page; the next page is requested after this one is kept

# No open ports: the telnet console and remote control run Python code for anyone who connects.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# -O and -o write papers, not pages. They never replace an existing file by an empty one.
EXTENSIONS = {"scrapy.extensions.feedexport.FeedExporter": None, "crawler.feeds.PaperFeeds": 0}
FEED_EXPORTERS = {"csv": "crawler.feeds.PaperCsv", "xml": "crawler.feeds.PaperXml"}
FEED_STORAGES = {"": "crawler.feeds.AsideStorage", "file": "crawler.feeds.AsideStorage"}
FEED_STORE_EMPTY = False
FEED_EXPORT_ENCODING = "utf-8"

# `scrapy check` fetches a page for each spider, from the site that the settings name.
SPIDER_CONTRACTS = {"crawler.contracts.FirstPageContract": 1, "crawler.contracts.PapersContract": 4}

LOG_FORMATTER = "crawler.log_format.PageLogFormatter"
LOG_LEVEL = "INFO"  # DEBUG writes out every page
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
