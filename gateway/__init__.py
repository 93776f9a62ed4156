"""HTTP in: Direct Line, the hubs' callbacks, the customer's and the operators' pages."""
