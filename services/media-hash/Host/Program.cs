using Moderation.MediaHash.Host;

await MediaHashHost.Create(args).RunAsync();
