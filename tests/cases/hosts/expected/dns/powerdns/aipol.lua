-- aipol: which response policy zone is for whom, of com.acme. Load it with lua-dns-script.
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

zone('default.aipol.invalid')
