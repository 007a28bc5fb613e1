using Moderation.Client.Sample;

await SampleReceiver.Create(args).RunAsync();
