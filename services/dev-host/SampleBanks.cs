using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Host;

namespace Moderation.DevHost;

/// <summary>Puts the fingerprints of the sample feed's known pictures into their banks, as a person with hash lists would.</summary>
public static class SampleBanks
{
    // Fingerprints belong to a tenant; these are only read back from the answer.
    private const string Tenant = "sample-banks";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Fills the banks that <c>bank.json</c> lists. Idempotent.</summary>
    /// <param name="suite">Where.</param>
    /// <param name="directory">The folder of the sample feed.</param>
    /// <param name="personToken">The token of the person who adds the entries.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task FillAsync(Suite suite, string directory, string personToken, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(suite);
        var hashing = new MediaHashService.MediaHashServiceClient(suite.ConnectAsService(MediaHashHost.Name, "dev-host"));
        var banks = new MediaHashService.MediaHashServiceClient(suite.ConnectAsPerson(MediaHashHost.Name, personToken));
        foreach (var entry in SamplePost.ReadBank(directory))
        {
            using var call = hashing.HashMedia(deadline: DateTime.UtcNow + Limit, cancellationToken: cancellationToken);
            await call.RequestStream.WriteAsync(new HashMediaRequest { Metadata = new HashMediaMetadata { TenantId = Tenant } }, cancellationToken);
            var bytes = await File.ReadAllBytesAsync(Path.Combine(directory, entry.Picture), cancellationToken);
            await call.RequestStream.WriteAsync(new HashMediaRequest { Chunk = UnsafeByteOperations.UnsafeWrap(bytes) }, cancellationToken);
            await call.RequestStream.CompleteAsync();
            var pdq = (await call.ResponseAsync).Fingerprints.Single(f => f.Kind == HashKind.Pdq);
            await banks.AddBankEntryAsync(
                new AddBankEntryRequest
                {
                    Entry = new BankEntry
                    {
                        BankId = entry.Bank,
                        EntryId = entry.EntryId,
                        Category = Enum.Parse<HarmCategory>(entry.Category.Replace("_", "", StringComparison.Ordinal), ignoreCase: true),
                        Kind = HashKind.Pdq,
                        Value = pdq.Value,
                        Source = "sample feed",
                        Note = entry.Note,
                    },
                },
                deadline: DateTime.UtcNow + Limit,
                cancellationToken: cancellationToken);
        }
    }
}
