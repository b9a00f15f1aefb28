# What workerd serves in a benchmark: one worker, the stand-ins for its bindings, loopback only.
# bench.mjs fills in the names in double braces and copies every module beside the result.
# (capnp wants the spaces around its equal signs.)

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [ {{modules}} ],
      bindings = [ {{bindings}} ],
      compatibilityDate = "{{date}}",
    )),
    (name = "assets", worker = (
      modules = [
        (name = "assets.mjs", esModule = embed "assets.mjs"),
        (name = "page.html", text = embed "page.html"),
      ],
      compatibilityDate = "{{date}}",
    )),
    (name = "kv", worker = (
      modules = [ (name = "kv.mjs", esModule = embed "kv.mjs") ],
      compatibilityDate = "{{date}}",
    )),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [ (name = "http", address = "127.0.0.1:0", http = (), service = "main") ],
);
