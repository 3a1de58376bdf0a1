"""The text around the data in each configuration file; every value in it is escaped."""

from __future__ import annotations

SQUID = """\
# aipol: AI rules of {{ identifier }} for a squid that was built with OpenSSL.
# Include it above your own http_access and access_log lines, and below your own ssl_bump lines:
# it only denies and inspects, and ends by splicing what it says nothing about.
acl aipol_step1 at_step SslBump1
# No entry of a list matches a name with a final dot, which no handshake has (RFC 6066, 3).
acl aipol_dot ssl::server_name_regex \\.$
{% if exempt %}
acl aipol_exempt src "{{ directory }}/{{ exempt }}"
{% endif %}
ssl_bump peek aipol_step1
{% for segment in segments %}

# {{ segment.id }}
{% if segment.networks %}
acl {{ segment.acl }} src "{{ directory }}/{{ segment.networks }}"
{% endif %}
{% for list in segment.lists %}
acl {{ list.request }} dstdomain -n "{{ directory }}/{{ list.file }}"
{% if list.by_name %}
acl {{ list.name }} ssl::server_name "{{ directory }}/{{ list.file }}"
{% endif %}
{% endfor %}
{% if segment.denied or segment.inspected %}
ssl_bump terminate {{ segment.source }} aipol_dot
{% endif %}
{% for choice in segment.denied %}
http_access deny {{ segment.source }} {{ choice.request }}
ssl_bump terminate {{ segment.source }} {{ choice.name }}
{% endfor %}
{% for choice in segment.inspected %}
ssl_bump bump {{ segment.source }} {{ choice.name }}
{% endfor %}
{% for choice in segment.inspected %}
# Asked for by one name, and by another in the handshake.
ssl_bump terminate {{ segment.source }} {{ choice.request }}
{% endfor %}
{% for list in segment.addresses %}
acl {{ list.acl }} url_regex "{{ directory }}/{{ list.file }}"
{% endfor %}
{% if segment.dots %}
# A path that leads up again could lead to what is denied; no browser sends one (RFC 3986, 5.2.4).
http_access deny {{ segment.source }} {{ segment.dots }}
{% endif %}
{% for choice in segment.shut %}
http_access deny {{ segment.source }} {{ choice }}
{% endfor %}
{% for header in segment.headers %}
{% for choice in header.sent %}
request_header_access {{ header.name }} deny {{ segment.source }} {{ choice.request }}
request_header_add {{ header.name }} {{ header.value }} {{ segment.source }} {{ choice.request }}
{% endfor %}
{% endfor %}
{% for choice in segment.logged %}
access_log daemon:{{ log }} squid {{ segment.source }} {{ choice.request }}
{% endfor %}
{% endfor %}

ssl_bump splice all
"""
