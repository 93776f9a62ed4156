"""The services behind a connection to Dynamics 365: Entra, Graph, Power Platform, Dataverse, Azure Bot Service."""
