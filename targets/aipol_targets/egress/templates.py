"""The text around the data in each configuration file; every value in it is escaped."""

from __future__ import annotations

SQUID = """\
# aipol: AI rules of {{ identifier }} for a squid that was built with OpenSSL.
# Include it above your own http_access and access_log lines, and below your own ssl_bump lines:
# it only denies and inspects, and ends by splicing what it says nothing about.
acl aipol-step1 at_step SslBump1
{% if exempt %}
acl aipol-exempt src "{{ directory }}/{{ exempt }}"
{% endif %}
ssl_bump peek aipol-step1
{% for segment in segments %}

# {{ segment.id }}
{% if segment.networks %}
acl {{ segment.acl }} src "{{ directory }}/{{ segment.networks }}"
{% endif %}
{% for list in segment.lists %}
{% if list.by_request %}
acl {{ list.request }} dstdomain -n "{{ directory }}/{{ list.file }}"
{% endif %}
{% if list.by_name %}
acl {{ list.name }} ssl::server_name "{{ directory }}/{{ list.file }}"
{% endif %}
{% endfor %}
{% for choice in segment.denied %}
http_access deny {{ segment.source }} {{ choice.request }}
ssl_bump terminate {{ segment.source }} {{ choice.name }}
{% endfor %}
{% for choice in segment.inspected %}
ssl_bump bump {{ segment.source }} {{ choice.name }}
{% endfor %}
{% for header in segment.headers %}
{% if header.urls %}
acl {{ header.acl }} url_regex "{{ directory }}/{{ header.urls }}"
http_access deny {{ segment.source }} {{ header.acl }}
{% endif %}
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

BIND = """\
// aipol: response policy views of {{ identifier }}. Include it in named.conf.
// With views, every zone is in one: the server's own go into the file each view includes.
{% if gateways %}
view "aipol-gateways" {
	match-clients {
{% for network in gateways %}
		{{ network }};
{% endfor %}
	};
{% if own_zones %}
	include "{{ own_zones }}";
{% endif %}
};
{% endif %}
{% for segment in segments %}
view "aipol-{{ segment.id }}" {
	match-clients {
{% for network in segment.networks %}
		{{ network }};
{% else %}
		any;
{% endfor %}
	};
	response-policy {
		zone "{{ segment.zone }}";
	} qname-wait-recurse no break-dnssec yes;
	zone "{{ segment.zone }}" {
		type primary;
		file "{{ directory }}/{{ segment.zone_file }}";
	};
{% if own_zones %}
	include "{{ own_zones }}";
{% endif %}
};
{% endfor %}
"""

UNBOUND = """\
# aipol: response policy zones of {{ identifier }}. Include it in unbound.conf.
# Unbound takes the tags of the most specific access-control line, so these are to be the only ones.
server:
	module-config: "respip validator iterator"
	define-tag: "aipol-gateways{% for segment in segments %} aipol-{{ segment.id }}{% endfor %}"
	access-control: 0.0.0.0/0 refuse
	access-control-tag: 0.0.0.0/0 "aipol-default"
	access-control: ::/0 refuse
	access-control-tag: ::/0 "aipol-default"
{% for network in clients %}
	access-control: {{ network }} allow
	access-control-tag: {{ network }} "aipol-default"
{% endfor %}
{% for network in gateways %}
	access-control: {{ network }} allow
	access-control-tag: {{ network }} "aipol-gateways"
{% endfor %}
{% for segment in segments %}
{% for network in segment.networks %}
	access-control: {{ network }} allow
	access-control-tag: {{ network }} "aipol-{{ segment.id }}"
{% endfor %}
{% endfor %}
{% for segment in segments %}
rpz:
	name: "{{ segment.zone }}"
	zonefile: "{{ directory }}/{{ segment.zone_file }}"
	tags: "aipol-{{ segment.id }}"
{% endfor %}
"""

# The zone's records follow; 60 seconds so that a change of policy is not waited for.
ZONE = """\
; aipol: response policy of {{ identifier }}
$TTL 60
$ORIGIN {{ zone }}.
@ IN SOA localhost. hostmaster.localhost. {{ serial }} 3600 600 604800 60
@ IN NS localhost.
"""
