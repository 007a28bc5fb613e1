using Moderation.TextClassify.Host;

await TextClassifyHost.Create(args).RunAsync();
