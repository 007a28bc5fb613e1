using Moderation.MediaHash.Host;
using Moderation.MediaHash.Host.Decoding;

if (args is [DecoderLoop.Argument, .. var limits])
    DecoderLoop.Run(limits, Console.OpenStandardInput(), Console.OpenStandardOutput());
else
    await MediaHashHost.Create(args).RunAsync();
