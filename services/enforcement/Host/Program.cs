using Moderation.Enforcement.Host;

await EnforcementHost.Create(args).RunAsync();
