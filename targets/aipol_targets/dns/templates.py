"""The text around the data in each resolver's files; every value in it is escaped."""

from __future__ import annotations

BIND = """\
// aipol: response policy views of {{ identifier }}. Include it in named.conf.
// With views, every zone is in one: the server's own go into the file each view includes.
{% if gateways %}
view "aipol-_gateways" {
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
	define-tag: "aipol-_gateways{% for segment in segments %} aipol-{{ segment.id }}{% endfor %}"
{% for each in access %}
	access-control: {{ each.network }} {{ each.verb }}
	access-control-tag: {{ each.network }} "aipol-{{ each.name }}"
{% endfor %}
{% for segment in segments %}
rpz:
	name: "{{ segment.zone }}"
	zonefile: "{{ directory }}/{{ segment.zone_file }}"
	tags: "aipol-{{ segment.id }}"
{% endfor %}
"""

UNBOUND_LOCAL = """\
# aipol: local zones of {{ identifier }}. Include it in unbound.conf.
# Unbound takes the view of the most specific access-control line, so these are to be the only ones.
server:
{% for each in access %}
	access-control: {{ each.network }} {{ each.verb }}
	access-control-view: {{ each.network }} "aipol-{{ each.name }}"
{% endfor %}
{% if gateways %}
view:
	name: "aipol-_gateways"
	view-first: yes
{% endif %}
{% for segment in segments %}
view:
	name: "aipol-{{ segment.id }}"
	view-first: yes
	include: "{{ directory }}/{{ segment.local_file }}"
{% endfor %}
"""

KNOT = """\
-- aipol: response policy zones of {{ identifier }}. Load it from kresd.conf with dofile.
-- It only denies: what a zone lets through is left to your own policy rules.
local ffi = require('ffi')
local zones, networks = {}, {}

local function zone(name, file)
	zones[name] = policy.rpz(policy.DENY, file)
end

local function network(text, name)
	local address = ffi.new('char[16]')
	local length = ffi.C.kr_straddr_subnet(address, text)
	assert(length >= 0, text)
	table.insert(networks, {ffi.C.kr_straddr_family(text), address, length, name})
end

local function zone_of(source)
	for _, each in ipairs(networks) do
		local family, address, length, name = unpack(each)
		if family == source:family() and ffi.C.kr_bitcmp(address, source:ip(), length) == 0 then
			return zones[name]
		end
	end
	return zones['default.aipol.invalid']
end

policy.add(function (request, query)
	local source = request.qsource.addr
	local answer = source ~= nil and zone_of(source)
	local action = answer and answer(request, query)
	if action ~= false and action ~= policy.PASS then
		return action
	end
end)

{% for segment in segments %}
zone('{{ segment.zone }}', '{{ directory }}/{{ segment.zone_file }}')
{% endfor %}
{% for network in gateways %}
network('{{ network }}', '')
{% endfor %}
{% for segment in segments %}
{% for network in segment.networks %}
network('{{ network }}', '{{ segment.zone }}')
{% endfor %}
{% endfor %}
"""

POWERDNS_CONFIG = """\
-- aipol: response policy zones of {{ identifier }}. Load it with lua-config-file.
{% for segment in segments %}
rpzFile('{{ directory }}/{{ segment.zone_file }}', {policyName='{{ segment.zone }}'})
{% endfor %}
"""

# Without the tag, the packet cache would give one client's answers to all.
POWERDNS_SCRIPT = """\
-- aipol: which response policy zone is for whom, of {{ identifier }}. Load it with lua-dns-script.
local zones, networks = {}, {}

local function zone(name)
	table.insert(zones, name)
end

local function network(text, name)
	local group = newNMG()
	group:addMask(text)
	table.insert(networks, {group, name})
end

local function zone_of(source)
	for _, each in ipairs(networks) do
		if each[1]:match(source) then
			return each[2]
		end
	end
	return 'default.aipol.invalid'
end

function gettag(source)
	local name = zone_of(source)
	for number, each in ipairs(zones) do
		if each == name then
			return number
		end
	end
	return 0
end

function prerpz(query)
	local name = zone_of(query.remoteaddr)
	for _, each in ipairs(zones) do
		if each ~= name then
			query:discardPolicy(each)
		end
	end
	return false
end

{% for segment in segments %}
zone('{{ segment.zone }}')
{% endfor %}
{% for network in gateways %}
network('{{ network }}', '')
{% endfor %}
{% for segment in segments %}
{% for network in segment.networks %}
network('{{ network }}', '{{ segment.zone }}')
{% endfor %}
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
