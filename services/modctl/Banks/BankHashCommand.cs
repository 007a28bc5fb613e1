using System.CommandLine;
using Google.Protobuf;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank hash</c>: the hashes of a file and which entries match it.</summary>
internal static class BankHashCommand
{
    private const int ChunkBytes = 256 * 1024;

    // A long video takes the service as long as it may.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static Command Create(Terminal terminal)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A picture or video" }.AcceptExistingOnly();
        var tenant = new Option<string>("--tenant") { HelpName = "TENANT", Description = "The tenant whose medium it stands for; all unless given", DefaultValueFactory = _ => "" };
        var everyFrame = new Option<bool>("--every-frame") { Description = "Each frame of a video, not one a second" };
        var command = new Command("hash", "Shows the hashes of a picture or video and which entries match it, as JSON; nothing is stored.") { file, tenant, everyFrame };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfMediaHash(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var metadata = new HashFileMetadata
            {
                TenantId = parsed.GetRequiredValue(tenant),
                VideoSampling = parsed.GetValue(everyFrame) ? VideoSampling.EveryFrame : VideoSampling.EverySecond,
            };
            using var call = new HashService.HashServiceClient(connection.Invoker).HashFile(deadline: DateTime.UtcNow + Longest, cancellationToken: cancellationToken);
            await SendAsync(call.RequestStream, metadata, parsed.GetRequiredValue(file), cancellationToken);
            terminal.Out.WriteLine(Json.Indented(await call.ResponseAsync));
            return 0;
        });
        return command;
    }

    private static async Task SendAsync(IClientStreamWriter<HashFileRequest> stream, HashFileMetadata metadata, FileInfo file, CancellationToken cancellationToken)
    {
        await using var bytes = file.OpenRead();
        var buffer = new byte[ChunkBytes];
        try
        {
            await stream.WriteAsync(new HashFileRequest { Metadata = metadata }, cancellationToken);
            for (int count; (count = await bytes.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                await stream.WriteAsync(new HashFileRequest { Chunk = ByteString.CopyFrom(buffer, 0, count) }, cancellationToken);
            }

            await stream.CompleteAsync();
        }
        catch (Exception failure) when (failure is RpcException or InvalidOperationException)
        {
            // Refused before all was sent: the answer says why.
        }
    }
}
