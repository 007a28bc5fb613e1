using Moderation.Ingest.Host;

await IngestHost.Create(args).RunAsync();
