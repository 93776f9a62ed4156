"""All simulated hubs by kind; the services that are none of them, beside."""

from collections.abc import Callable

from simulators.copilot_studio import CopilotStudioSimulator
from simulators.custom import CustomStorySimulator
from simulators.dynamics365 import Dynamics365Simulator
from simulators.genesys import GenesysSimulator
from simulators.hub import HubSimulator
from simulators.liveperson import LivePersonSimulator
from simulators.microsoft import MicrosoftSimulator
from simulators.running import Services
from simulators.salesforce import SalesforceSimulator
from simulators.servicenow import ServiceNowSimulator
from simulators.zendesk import ZendeskSimulator

SIMULATORS: dict[str, type[HubSimulator]] = {
    simulator.kind: simulator
    for simulator in (
        CustomStorySimulator,
        Dynamics365Simulator,
        GenesysSimulator,
        ServiceNowSimulator,
        LivePersonSimulator,
        SalesforceSimulator,
        ZendeskSimulator,
    )
}

SERVICES: dict[str, Callable[[], Services]] = {
    MicrosoftSimulator.kind: MicrosoftSimulator,
    CopilotStudioSimulator.kind: CopilotStudioSimulator,
}
