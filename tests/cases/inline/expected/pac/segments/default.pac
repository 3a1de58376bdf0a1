// aipol: AI rules of com.acme for default.
// This is advice: a program may ignore it.
var ways = {
"block": "PROXY 127.0.0.1:9"
};
var rules = {
"=deepl.com": "block",
".deepl.com": "block"
};
function FindProxyForURL(url, host) {
    var name = host.toLowerCase();
    while (name.charAt(name.length - 1) === ".") {
        name = name.substring(0, name.length - 1);
    }
    var way = rules["=" + name];
    var dot = name.indexOf(".");
    while (!way && dot >= 0) {
        name = name.substring(dot + 1);
        way = rules["." + name];
        dot = name.indexOf(".");
    }
    return way ? ways[way] : "DIRECT";
}
