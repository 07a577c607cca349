"""Live views for notebooks: what goes over the wire while it goes, and servers, requests and agents to play with.

    TrafficInspector()            all that is sent and served, like the Network panel of a browser
    RequestBuilder()              a request to fill in, and its answer beside it
    ServerPanel(server)           where a server listens, what it is asked, whether something blocks it
    StatusExplorer()              every status code, explained and tried
    AgentView(agent)              the sockets of an Agent: in use, free, waited for
    SlowMotion("GET /stream", …)  an exchange whose bytes go so slowly that one can watch them

They are ipywidgets: they go into boxes, their traits can be linked, `close()` ends them, `to_html()` is for files.
"""

from .agent_view import AgentView
from .request_builder import RequestBuilder
from .server_panel import ServerPanel
from .slow_motion import SlowMotion
from .status_explorer import StatusExplorer
from .traffic_inspector import TrafficInspector

__all__ = ["AgentView", "RequestBuilder", "ServerPanel", "SlowMotion", "StatusExplorer", "TrafficInspector"]
