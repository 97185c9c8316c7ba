"""Other forms of the same kinds of page, written without looking at the signatures: what counts is the status."""

from __future__ import annotations

import pytest
from support.proofs import make_exchange, make_site

from opd_exporter.models import Reason, Status
from opd_exporter.page import parse_page
from opd_exporter.verdict import judge_content, judge_probe

NAV = "".join(
    f'<a href="/{word}">{word.title()}</a> '
    for word in ("beranda", "profil", "visi", "struktur", "layanan", "ppid", "berita", "galeri", "unduhan", "kontak")
)


def html(title, body, head=""):
    """A small page."""
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>{body}</body></html>"
    )


DOWN = {
    "few words": html("Dinas Contoh", "<h2>Under construction</h2>"),
    "moved": html("Dinas Contoh", '<p>Website Dinas Contoh telah pindah ke <a href="https://baru.example/">alamat baru</a></p>'),
    "our site down": html("Dinas", "<p>Our website is currently down for maintenance</p>"),
    "haproxy": ("<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>", 503),
    "varnish": (html("503 Backend fetch failed", "<h1>Error 503 Backend fetch failed</h1><p>Guru Meditation: XID: 1</p>"), 503),
    "nginx error page": html("Error", "<h1>An error occurred.</h1><p>Sorry, the page you are looking for is currently unavailable. Please try again later.</p><p>Faithfully yours, nginx.</p>"),
    "squarespace": html("Squarespace - Website Expired", "<h1>Website Expired</h1><p>This account has expired.</p>"),
    "wix": html("Connect your domain", "<p>Looks like this domain isn't connected to a website yet</p>"),
    "phpbb": html("General Error", "<p>SQL ERROR [ mysqli ]</p><p>Too many connections [1040]</p>"),
    "prestashop": "Link to database cannot be established: SQLSTATE[HY000] [2002]",
    "hosting active": html("dinas.example", "<h1>Selamat!</h1><p>Hosting Anda telah aktif.</p>"),
    "waktu habis": html("Kesalahan", "<p>Koneksi ke basis data terputus</p>"),
    "ubuntu default": html("Apache2 Ubuntu Default Page: It works", "<p>This is the default welcome page used to test the correct operation of the Apache2 server after installation on Ubuntu systems.</p>"),
    "fedora test page": html("Test Page for the HTTP Server on Fedora", "<h1>Fedora Webserver Test Page</h1><p>This page is used to test the proper operation of the HTTP server after it has been installed.</p>"),
    "opensuse": "<html><body><h1>It works!</h1></body></html>",
    "almalinux": html("HTTP Server Test Page powered by: AlmaLinux", "<h1>AlmaLinux Test Page</h1><p>This page is used to test the proper operation of the HTTP server after it has been installed.</p>"),
    "rocky": html("HTTP Server Test Page powered by: Rocky Linux", "<h1>HTTP Server Test Page</h1><p>This page is used to test the proper operation of an HTTP server after it has been installed on a Rocky Linux system.</p>"),
    "nginx fedora": html("Test Page for the HTTP Server on Fedora", "<p>nginx</p>"),
    "nginx bare": html("Welcome to nginx!", "<h1>Welcome to nginx!</h1>"),
    "litespeed 404 brand": html("404 Not Found", "<h1>404</h1><h2>Not Found</h2><p>The resource requested could not be found on this server!</p><p>Proudly powered by LiteSpeed Web Server</p>"),
    "iis 8": html("Microsoft Internet Information Services 8", '<img src="iis-8.png" alt="Microsoft Internet Information Services 8">'),
    "plesk new": html("Domain Default page", "<h1>Plesk</h1><p>If you are seeing this message, the website for dinas.example is not available at this time.</p>"),
    "cpanel sorry": html("Default Web Site Page", "<h1>SORRY!</h1><p>If you are the owner of this website, please contact your hosting provider</p>"),
    "aapanel cn": html("恭喜，站点创建成功！", "<h3>恭喜, 站点创建成功！</h3><p>这是默认index.html，本页面由系统自动生成</p>"),
    "aapanel no site": html("没有找到站点", "<h1>没有找到站点</h1>"),
    "cyberpanel": html("CyberPanel Installed", "<h1>Welcome to CyberPanel</h1><p>You have successfully installed the OpenLiteSpeed Web Server</p>"),
    "hestia": html("Success! Your new web server is ready to use.", "<p>Your web server is ready. Upload your files to public_html.</p><p>Powered by HestiaCP</p>"),
    "vesta": html("Vesta Control Panel", "<p>dinas.example</p><p>Powered by VESTA</p>"),
    "directadmin": html("", "<h1>Apache is functioning normally</h1>"),
    "xampp old": html("XAMPP 1.7.3", "<h1>Welcome to XAMPP for Windows!</h1><p>Congratulations: You have successfully installed XAMPP on this system!</p>"),
    "mamp": html("MAMP", "<h1>Welcome to MAMP</h1>"),
    "tomcat 8": html("Apache Tomcat/8.5.99", "<h2>If you're seeing this, you've successfully installed Tomcat. Congratulations!</h2>"),
    "glassfish": html("GlassFish Server - Server Running", "<h1>Your server is now running</h1>"),
    "django": html("The install worked successfully! Congratulations!", "<h1>The install worked successfully! Congratulations!</h1>"),
    "laravel 11": html("Laravel", "<main><h2>Documentation</h2><p>Laravel has wonderful documentation covering every aspect of the framework. Whether you are a newcomer or have prior experience with Laravel, we recommend reading our documentation from beginning to end.</p><h2>Laracasts</h2></main>"),
    "ci4 welcome": html("Welcome to CodeIgniter 4!", "<h1>Welcome to CodeIgniter 4.4.3</h1><h2>The small framework with powerful features</h2><p>The page you are looking at is being generated dynamically by CodeIgniter.</p>"),
    "github pages": (html("Site not found · GitHub Pages", "<p>There isn't a GitHub Pages site here.</p>"), 404),
    "netlify": (html("Site not found", "<h1>Site not found</h1><p>Looks like you followed a broken link</p>"), 404),
    "index of deep": html("Index of /web", '<h1>Index of /web</h1><pre><a href="a/">a/</a> 24-Nov-2026 15:10 -</pre>'),
    "tomcat listing": html("Directory Listing For [/]", "<h1>Directory Listing For [/]</h1><table><tr><td><tt>berkas/</tt></td><td><tt>Tue, 24 Nov 2026 08:10:00 GMT</tt></td></tr></table>"),
    "busybox": html("Index of /", "<h1>Index of /</h1><table><tr><td><a href='a.txt'>a.txt</a></td></tr></table>"),
    "npm http-server": html("Index of /", '<h1>Index of /</h1><table><tr><td><a href="./a/">a/</a></td></tr></table><address>Node.js v18/ http-server</address>'),
    "h5ai": html("index - powered by h5ai v0.30.0 (https://larsjung.de/h5ai/)", '<div id="root"></div>'),
    "wp db": (html("Database Error", "<h1>Error establishing a database connection</h1>"), 500),
    "wp db id": (html("Galat Basis Data", "<p>Galat saat menyambung ke basis data</p>"), 500),
    "koneksi gagal": "Koneksi gagal: Access denied for user 'root'@'localhost' (using password: NO)",
    "tidak bisa konek": html("", "Tidak bisa konek ke database"),
    "maaf db": html("Website Dinas", "<h3>Maaf, terjadi gangguan koneksi ke database server</h3>"),
    "mysql gone": "<b>Warning</b>:  mysql_connect() [<a href='function.mysql-connect'>function.mysql-connect</a>]: Can't connect to local MySQL server through socket '/tmp/mysql.sock' (2) in <b>/home/dinas/public_html/config.php</b> on line <b>5</b><br />\nGagal koneksi",
    "sqlstate bare": "SQLSTATE[HY000] [2002] No such file or directory",
    "drupal pdo": (html("Error", "<h1>Error</h1><p>The website encountered an unexpected error. Please try again later.</p>"), 500),
    "db in theme": html("Dinas Sosial Contoh", NAV + "<div>SQLSTATE[42S02]: Base table or view not found: 1146 Table 'web.berita' doesn't exist</div>"),
    "fatal in theme": html("Dinas Sosial Contoh", NAV + "<br />\n<b>Fatal error</b>:  Uncaught Error: Call to undefined function each() in /home/dinas/public_html/index.php:88\nStack trace:\n#0 {main}\n  thrown in <b>/home/dinas/public_html/index.php</b> on line <b>88</b><br />"),
    "fatal plain": "PHP Fatal error:  Uncaught Error: Class \"App\\Kernel\" not found in /var/www/html/index.php:51",
    "ignition": (html("🧨 SQLSTATE[HY000] [1045] Access denied", "<div id=app></div><script>window.ignite({})</script><p>Illuminate\\Database\\QueryException</p>"), 500),
    "ci3 php error": html("Error", "<h4>A PHP Error was encountered</h4><p>Severity: 8192</p><p>Message: Return type</p><h4>An uncaught Exception was encountered</h4><p>Type: Error</p>"),
    "yii error": (html("Database Exception – yii\\db\\Exception", "<h1>Database Exception – yii\\db\\Exception</h1><p>SQLSTATE[HY000] [2002] Connection refused</p>"), 500),
    "rails": (html("We're sorry, but something went wrong (500)", "<h1>We're sorry, but something went wrong.</h1>"), 500),
    "aspnet": (html("Runtime Error", "<h1>Server Error in '/' Application.</h1>"), 500),
    "express": (html("Error", "<pre>Cannot GET /</pre>"), 404),
    "404 home": html("404 - Halaman Tidak Ditemukan", "<h1>404</h1>"),
    "oops": html("Oops! Terjadi kesalahan", "<p>Coba lagi</p>"),
    "suspended en": html("Account Suspended", "<p>Contact support</p>"),
    "suspended id": html("Website Suspended", "<h1>Website ini di-suspend</h1><p>Mohon hubungi administrator hosting.</p>"),
    "suspended id 2": html("dinas.example", "<h1>Akun hosting ini telah ditangguhkan</h1>"),
    "nonaktif tagihan": html("Pemberitahuan", "<p>Layanan website ini dinonaktifkan karena tagihan belum dibayar.</p>"),
    "domain expired": html("Domain Expired", "<h2>dinas.example expired</h2><p>This domain name expired on 2026-10-01 and is pending renewal or deletion.</p>"),
    "domain id": html("dinas.example", "<p>Masa aktif domain ini telah habis. Silakan hubungi registrar Anda.</p>"),
    "parked id": html("dinas.example", "<h1>Domain ini sedang diparkir</h1><p>Beli hosting murah di sini</p>"),
    "parked en": html("dinas.example - registered", "<p>This domain has been registered and parked at Registrar Contoh.</p>"),
    "for sale": html("dinas.example", "<h1>dinas.example is for sale</h1><form>Make an offer</form>"),
    "parking script": html("dinas.example", '<script src="//cdn.parkingcrew.net/assets/scripts/js3.js"></script><div id="main"></div>'),
    "wp install": html("WordPress › Installation", "<h1>Welcome</h1>"),
    "wp setup id": html("WordPress › Berkas Konfigurasi Pengaturan", '<body class="wp-core-ui"><p>Selamat datang di WordPress. Sebelum memulai, Anda perlu mengetahui beberapa hal berikut.</p><form action="setup-config.php?step=1">'),
    "drupal install": html("Choose language | Drupal", "<h1>Choose language</h1>"),
    "moodle install": html("Installation", "<h1>Installation</h1><h2>Language</h2><p>Moodle</p>", '<link href="/install/css.php">'),
    "wp maintenance": (html("Pemeliharaan", "<p>Situs ini sedang dalam pemeliharaan terjadwal. Silakan coba beberapa saat lagi.</p>"), 503),
    "maintenance en": html("Maintenance", "<h1>We'll be back soon!</h1>"),
    "perbaikan": html("Website Dalam Perbaikan", "<img src=a.png>"),
    "perbaikan h1": html("Dinas Contoh", "<h1>MOHON MAAF WEBSITE SEDANG DALAM PERBAIKAN</h1>"),
    "perbaikan image": html("Under Construction", '<img src="uc.gif" alt="under construction">'),
    "pengembangan": html("Portal Dinas", "<h2>Website sedang dalam tahap pengembangan</h2><p>Terima kasih atas kunjungan Anda.</p>"),
    "coming soon": html("Dinas Contoh – Coming Soon", "<h1>Coming soon</h1>"),
    "segera hadir": html("Segera Hadir | Dinas Contoh", "<h1>Segera Hadir</h1>"),
    "be right back": (html("Be right back.", '<div class="title">Be right back.</div>'), 503),
    "drupal maintenance": (html("Site under maintenance | Dinas", "<h1>Site under maintenance</h1><p>Dinas is currently under maintenance. We should be back shortly.</p>"), 503),
    "joomla offline en": html("Dinas Contoh", "<h1>Dinas Contoh</h1><p>This site is down for maintenance. Please check back again soon.</p><form id=form-login><input name=username></form>"),
    "opensid offline": html("Desa Contoh", "<h1>Mohon maaf, website desa sedang dalam pemeliharaan</h1>"),
    "isp": html("Internet Positif", "<p>Mohon maaf, akses ke situs ini diblokir.</p>"),
    "cf 521": (html("dinas.example | 521: Web server is down", "<h1>Web server is down</h1><p>Error code 521</p><p>Cloudflare</p>"), 521),
    "cf 1033": (html("Cloudflare Tunnel error | dinas.example", "<h1>Error 1033</h1><h2>Cloudflare Tunnel error</h2>"), 530),
    "nginx 404": (html("404 Not Found", "<center><h1>404 Not Found</h1></center><hr><center>nginx</center>"), 404),
    "410": ("Gone", 410),
    "500 blank": ("", 500),
    "504": (html("504 Gateway Time-out", "<h1>504</h1>"), 504),
    "apache 403": (html("403 Forbidden", "<h1>Forbidden</h1><p>You don't have permission to access this resource.</p><hr><address>Apache/2.4.52 (Ubuntu) Server at dinas.example Port 80</address>"), 403),
    "apache 403 old": (html("403 Forbidden", "<h1>Forbidden</h1><p>You don't have permission to access / on this server.</p>"), 403),
    "litespeed 403": (html("403 Forbidden", "<h1>403</h1><h2>Forbidden</h2><p>Access to this resource on the server is denied!</p>"), 403),
    "iis 403.14": (html("403 - Forbidden: Access is denied.", "<h1>Server Error</h1><h2>403 - Forbidden: Access is denied.</h2><h3>You do not have permission to view this directory or page using the credentials that you supplied.</h3>"), 403),
    "white": "   \n\n ",
    "white html": "<html><head><title>Dinas</title></head><body></body></html>",
    "wrapper only": html("Dinas Contoh", '<div id="wrapper"><div class="header"></div></div><script src="/jquery.js"></script>'),
    "comment only": "<!-- halaman -->",
    "php source": "<?php\ninclude 'index2.php';",
    "just ok": "OK",
    "routeros": html("RouterOS router configuration page", "<p>RouterOS v6</p>"),
}  # fmt: skip
BLOCKED = {
    "cf": (html("Just a moment...", "<p>Verifying you are human</p><script>window._cf_chl_opt={}</script>"), 403),
    "cf 200": html("Just a moment...", "<script>window._cf_chl_opt={cvId:'3'}</script>"),
    "cf blocked": (html("Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1><h2>You are unable to access dinas.example</h2>"), 403),
    "sucuri": (html("Sucuri WebSite Firewall - Access Denied", "<p>Access Denied - Sucuri Website Firewall</p>"), 403),
    "imunify": html("One moment, please...", "<h1>Please wait while your request is being verified...</h1><script>var wsidchk=1</script>"),
    "incapsula": html("", '<script src="/_Incapsula_Resource?SWJIYLWA=1"></script><iframe src="/_Incapsula_Resource?x">Request unsuccessful. Incapsula incident ID: 1</iframe>'),
    "modsec": (html("Not Acceptable!", "<h1>Not Acceptable!</h1><p>This error was generated by Mod_Security.</p>"), 406),
    "wordfence": (html("Blocked", "<p>Your access to this site has been limited by the site owner</p>"), 403),
    "f5": html("Request Rejected", "The requested URL was rejected. Please consult with your administrator. Your support ID is: 1"),
    "akamai": ("<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don't have permission to access \"http://dinas.example/\" on this server.<P>Reference #18.aa</BODY></HTML>", 403),
    "429": ("", 429),
    "429 page": (html("Too Many Requests", "<p>Slow down</p>"), 429),
    "datadome": (html("dinas.example", "<script src='https://ct.captcha-delivery.com/c.js'></script><p>Please enable JS and disable any ad blocker</p>"), 403),
    "gov 403": (html("Access Forbidden", "<h1>Akses diblokir</h1><p>IP Anda telah diblokir karena aktivitas mencurigakan. Hubungi CSIRT. 25/11/2026 10:00:01</p>"), 403),
    "gov 403 b": (html("403", "<p>Your request has been blocked by PDNS security. Event ID: 8812</p>"), 403),
    "geo": (html("Akses dibatasi", "<p>Akses dari luar negeri tidak diizinkan</p>"), 403),
    "sgcaptcha": ('<html><head><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F"></head></html>', 202),
    "aes": '<html><body><script src="/aes.js"></script><script>function toNumbers(d){return d}var a=toNumbers("f"),b=toNumbers("9");document.cookie="__test="+1;location.href="http://dinas.example/?i=1";</script></body></html>',
    "anubis": html("Making sure you're not a bot!", "<p>Loading...</p>"),
    "mikrotik": html("mikrotik hotspot > login", "<form></form>"),
}  # fmt: skip
COMPROMISED = {
    "numpang": html("Kecamatan", "<body bgcolor=black><h1>Numpang lewat</h1><p>jangan marah admin, file asli anda aman</p>"),
    "secure your": html("[!] Security Breached [!]", "<body style='background-color:#000'><p>No system is safe. Secure your website admin.</p>"),
    "hangul": html("온라인 쇼핑몰 명품 가방", NAV + "<p>x</p>"),
    "kanji": html("時計 最新作 公式オンライン", NAV + "<p>x</p>"),
    "hacked": html("HACKED BY ANON", "<h1>Hacked by Anon</h1>"),
    "owned": html("0wned by X-Team", "<p>0wned by X-Team</p>"),
    "touched": html("Dinas", "<center><h1>Touched By Mr.Kelelawar</h1></center>"),
    "pwned": html(".:: Pwn3d by S1lent ::.", "<img src=x.jpg>"),
    "deface id": html("Diretas oleh Garuda", "<body bgcolor=black><h1>Situs anda telah diretas oleh Garuda</h1><p>Keamanan website lemah</p>"),
    "got hacked": html("Upss", "<body style='background:black'><h1>Your site has been hacked</h1><p>greetz: all member Contoh Cyber Team</p>"),
    "indonesian crew": html("Hacked", "<body bgcolor='#000000'><h2>./Bayangan was here</h2><p>Indonesian Cyber Army</p><audio autoplay src=x.mp3>"),
    "stamped": html("Stamped by Hantu", "<p>hai admin</p>"),
    "slot title": html("Situs Slot88 Gacor Maxwin Hari Ini", "<p>Daftar</p>"),
    "togel title": html("TOGEL HONGKONG | DATA SDY | BANDAR TOTO MACAU", "<p>x</p>"),
    "casino": html("Online Casino - Best Slots", "<p>Play now</p>"),
    "thai": html("สล็อต PG เว็บตรง", "<p>เครดิตฟรี</p>"),
    "chinese": html("澳门新葡京娱乐城", "<p>博彩</p>"),
    "vietnam": html("Nhà cái uy tín - Cá cược bóng đá", "<p>nạp rút</p>"),
    "turkish": html("Deneme Bonusu Veren Siteler 2026", "<p>casino siteleri</p>"),
    "japanese": html("ブランドコピー 激安 通販", "<p>送料無料</p>"),
    "meta only": html("Dinas Contoh", NAV + "<p>Selamat datang di laman resmi dinas kami yang melayani warga.</p>", '<meta property="og:title" content="Link Slot Gacor Terbaru">'),
    "three visible": html("Dinas Contoh", NAV + "<p>Selamat datang.</p>" + "".join(f'<a href="https://{h}/">{t}</a>' for h, t in (("a-slot.example", "Slot gacor"), ("b.example", "Situs toto 4d"), ("c.example", "RTP live")))),
    "one hidden": html("Dinas Contoh", NAV + '<p>Selamat datang.</p><a style="display:none" href="https://slotgacor77.example/">slot gacor</a>'),
    "hidden by class": html("Dinas Contoh", NAV + '<div class="xx"><a href="https://q.example/a">judi slot online</a><a href="https://w.example/">bandar togel</a></div>', "<style>.xx{position:absolute;left:-9999px}</style>"),
    "marquee": html("Dinas Contoh", NAV + '<marquee height="1" width="1" scrollamount="3000"><a href="https://q.example/a">slot maxwin</a><a href="https://w.example/">bandar togel</a><a href="https://e.example/">sbobet</a></marquee>'),
    "iframe": html("Dinas Contoh", NAV + '<iframe src="https://rtpslot88.example/" style="position:fixed;width:100%;height:100%"></iframe>'),
    "hreflang": html("Dinas Contoh", NAV, '<link rel="alternate" hreflang="id" href="https://situs-slot777.example/">'),
    "script": html("Dinas Contoh", NAV + '<script>eval(atob("d2luZG93LmxvY2F0aW9uPSdodHRwczovL3Nsb3QtZ2Fjb3I4OC5leGFtcGxlLyc7"))</script>'),
    "heading only": html("Dinas Contoh", "<h1>Slot Gacor Server Thailand</h1><p>Depo 10k bonus new member</p>"),
    "text block": html("Dinas Contoh", NAV + '<div style="display:none">slot gacor hari ini. rtp live tertinggi. bandar togel macau. maxwin x500. scatter hitam mahjong ways.</div>'),
    "internal deep links": html("Dinas Contoh", NAV + "".join(f'<a href="/{s}/">{t}</a>' for s, t in (("slot-gacor", "Slot Gacor"), ("situs-togel", "Situs Togel"), ("rtp-live", "RTP Live Slot")))),
}  # fmt: skip
FINE = {
    "yard under repair": html("Kantor Camat", "<p>Mohon maaf, halaman kantor sedang dalam perbaikan. Layanan dipindah ke aula.</p>"),
    "service ended": html("Dinas Contoh", "<p>Layanan pengaduan lewat telepon dinonaktifkan. Silakan hubungi kami lewat surel.</p>"),
    "request may be refused": html("PPID", "<p>Permintaan informasi ditolak? Ajukan keberatan kepada atasan PPID paling lambat 30 hari.</p>"),
    "500 days": html("500 Hari Kerja Bupati", NAV + "<p>Capaian lima ratus hari kerja.</p>"),
    "bare noun title": html("Pembangunan - Sekretariat Daerah", NAV + "<p>Bagian administrasi pembangunan.</p>"),
    "marquee greets": html("Desa Contoh", '<marquee>Selamat datang, maaf admin sedang cuti</marquee><a href="/profil">Profil</a>'),
    "arabic title": html("\u0628\u0633\u0645 \u0627\u0644\u0644\u0647 - Kantor Agama", NAV + "<p>Assalamualaikum</p>"),
    "spa odd root": html("Dinas", '<div id="kontainer"></div><script src="/assets/index-4f3a2b.js"></script>'),
    "loading": html("Dinas", '<div id="app">Memuat...</div><script src="/js/app.js"></script>'),
    "form only": html("Login", '<form><input name="u" placeholder="Nama pengguna"><input type="password"></form>'),
    "splash": html("Dinas", '<a href="/beranda"><img src="masuk.jpg"></a>'),
    "insan": html("Kominfo", NAV + "<p>Program Internet Sehat dan Aman. Konten negatif diblokir demi anak.</p>"),
    "domain talk": html("Kominfo", NAV + "<p>Layanan domain desa.id: perpanjang sebelum kedaluwarsa lewat kami.</p>"),
    "office moved": html("Dinas Contoh", "<p>Alamat kantor pindah ke Jalan Raya Serang Km 5 mulai Januari.</p>"),
    "small site": html("Dinas Contoh", NAV + "<p>Selamat datang di website resmi.</p>"),
    "untitled": html("Document", NAV + "<p>Uji kompetensi tes CPNS. latest test</p>"),
    "laravel title": html("Laravel", NAV + "<p>Dinas Contoh melayani pembuatan KTP.</p>"),
    "react title": html("React App", '<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div><script src="/static/js/main.1.js"></script>'),
    "vite title": html("Vite + React", '<div id="root"></div><script type="module" src="/a.js"></script>'),
    "spa flutter": html("Dinas", '<script src="flutter_bootstrap.js" async></script>'),
    "image only": html("Dinas", '<img src="poster.jpg">'),
    "iframe own": html("Dinas", '<iframe src="/web/index.html"></iframe>'),
    "cloudflare jsd": html("Dinas Contoh", NAV + "<p>Melayani</p><script>window.__CF$cv$params={};a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'</script>"),
    "unit named": html("UPT Pemeliharaan Jalan", NAV + "<p>Jadwal pemeliharaan jembatan</p>"),
    "road repair": html("Dinas PU", NAV + "<h2><a href=/a>Jembatan Ciujung sedang dalam perbaikan total</a></h2><h2><a href=/b>Rapat koordinasi bersama camat se kabupaten</a></h2><h2><a href=/c>Pelantikan pejabat baru di lingkungan dinas</a></h2>"),
    "quote suspended": html("Kominfo", NAV + "<h3><a href=/a>Website desa tampil Account Suspended, ini sebabnya</a></h3><h3><a href=/b>Error establishing a database connection pada laman sekolah</a></h3><h3><a href=/c>Fatal error: Uncaught Error, cara memperbaiki situs</a></h3>"),
    "judi news": html("Kominfo", NAV + "<h3><a href=/a>Polisi tangkap bandar togel online di pasar</a></h3><h3><a href=/b>Waspada situs slot gacor menyusup laman sekolah</a></h3>"),
    "judi news host": html("Kominfo", NAV + '<a href="https://aduankonten.id/">Laporkan situs judi slot</a><a href="https://warta.example/x">Kominfo blokir situs slot gacor</a><a href="https://warta.example/y">Bahaya togel bagi pelajar</a><a href="https://warta.example/z">Lawan judi slot online</a>'),
    "slot words": html("Dishub", NAV + "<p>Slot parkir, slot waktu uji kir, bonus pegawai, deposit, jackpot undian, gacor.</p>"),
    "foreign canonical": html("Dinas", NAV + "<p>Halo warga</p>", '<link rel="canonical" href="https://dinas.kota-lain.example/">'),
    "php warning above": "<b>Warning</b>:  Undefined variable $x in <b>/a.php</b> on line <b>3</b><br />" + html("Dinas", NAV + "<p>Halo warga sekalian, selamat datang di laman dinas.</p>"),
    "hacked news": html("Kominfo", NAV + "<h2><a href=/a>Situs pemda diretas, CSIRT lakukan pemulihan sistem</a></h2><h2>Cegah peretasan dengan kata sandi kuat</h2>"),
    "reload script": html("Dinas", NAV + "<p>Berita terbaru dari dinas kami untuk warga.</p><script>document.cookie='a=1';setTimeout(function(){location.reload()},600000)</script>"),
    "login js": html("Dinas", NAV + "<p>Berita terbaru dari dinas kami untuk seluruh warga kabupaten yang ingin membaca kabar dan pengumuman setiap hari.</p><script>function f(){window.location.href='https://sso.lain.example/'}</script>"),
    "sertifikat": html("Dinas", NAV + "<p>Masa berlaku kartu dapat diperpanjang. Situs ini memuat domain layanan.</p>"),
}  # fmt: skip


def answer(value):
    """(finding of the probe, finding of the content check) of one page."""
    body, status = value if isinstance(value, tuple) else (value, 200)
    exchange = make_exchange(body, status)
    page = parse_page(exchange)
    posts = [(link.text, link.url) for link in page.links if link.host == page.host]
    return judge_probe(make_site(), exchange), judge_content(make_site(), exchange, page, posts)


@pytest.mark.parametrize("name", DOWN)
def test_down(name):
    """A page that is not the site is called down by the probe, and never compromised."""
    probe, content = answer(DOWN[name])
    assert probe.status is Status.DOWN, probe
    assert content.status is not Status.COMPROMISED


@pytest.mark.parametrize("name", BLOCKED)
def test_blocked(name):
    """A firewall's answer is called blocked by the probe, never down."""
    probe, content = answer(BLOCKED[name])
    assert probe.status is Status.BLOCKED, probe
    assert content.reason is None


@pytest.mark.parametrize("name", COMPROMISED)
def test_compromised(name):
    """Gambling and defacement are found by the probe or the content check."""
    probe, content = answer(COMPROMISED[name])
    assert Status.COMPROMISED in {probe.status, content.status}, (probe, content)


@pytest.mark.parametrize("name", FINE)
def test_fine(name):
    """A page that a citizen can read trips nothing."""
    probe, content = answer(FINE[name])
    assert (probe.reason, content.reason) == (None, None), (probe, content)


def test_gambling_news_in_the_path_is_not_a_post_of_gambling():
    """The slug of a warning article repeats its phrases; the title's warning excuses it."""
    exchange = make_exchange(html("Kominfo", NAV))
    posts = [("Waspada situs slot gacor", "http://dinas.example/berita/waspada-situs-slot-gacor")]
    assert judge_content(make_site(), exchange, parse_page(exchange), posts).reason is None
    posts = [("", "http://dinas.example/slot-gacor-hari-ini/")]
    assert judge_content(make_site(), exchange, parse_page(exchange), posts).reason is Reason.GAMBLING_POSTS
