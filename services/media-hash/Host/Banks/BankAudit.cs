using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Exchange;
using Moderation.ServiceDefaults.Audit;
using BankEntry = Moderation.MediaHash.Banks.BankEntry;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>
/// Keeps changes of banks in the sealed chain of what people change: who, what, and digests of the entry before and after. Hashes themselves are not in
/// it. A change is recorded before it is made, so that none is made without a record.
/// </summary>
internal sealed class BankAudit(AdminAuditLedger ledger)
{
    /// <summary>A change of one entry that is about to be made; null where it was not there before, or will be no longer.</summary>
    public Task ChangedAsync(string actor, string action, BankEntryKey key, BankEntry? before, BankEntry? after) => ledger.AppendAsync(new AdminAuditEntry
    {
        Actor = actor,
        Action = action,
        Object = $"bank/{key}",
        BeforeHash = DigestOf(before),
        AfterHash = DigestOf(after),
    });

    /// <summary>Entries that an import is about to add, up to a row of its list; the digest is over all of them in their order.</summary>
    public Task ImportedAsync(ImportJob job, long lastRow, IReadOnlyList<BankEntry> added)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in added)
            digest.AppendData(BankRow.PayloadOf(entry));
        return ledger.AppendAsync(new AdminAuditEntry
        {
            Actor = job.Actor,
            Action = "bank-entries.import",
            Object = string.Create(CultureInfo.InvariantCulture, $"bank/{job.BankId}/import/{job.Token}/{lastRow}"),
            AfterHash = ByteString.CopyFrom(digest.GetHashAndReset()),
        });
    }

    private static ByteString DigestOf(BankEntry? entry) =>
        entry is null ? ByteString.Empty : ByteString.CopyFrom(SHA256.HashData(BankRow.PayloadOf(entry)));
}
