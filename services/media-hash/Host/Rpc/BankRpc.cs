using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.MediaHash.Host.Lookbacks;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

/// <summary>The life of bank entries. One RPC a file.</summary>
internal sealed partial class BankRpc(BankStore banks, BankFeedStore feed, BankCatalogue catalogue, LookbackWishes lookbacks, BankAudit audit, TimeProvider time)
    : BankService.BankServiceBase
{
    private static BankEntryKey CheckedKey(string bankId, string entryId, params IEnumerable<FieldError> others)
    {
        var key = new BankEntryKey(bankId, entryId);
        var violations = new FieldViolations();
        foreach (var error in BankEntryRules.CheckKey(key, "").Concat(others))
            violations.Add(error.Field, error.Description);
        violations.ThrowIfAny();
        return key;
    }

    private async Task<BankRow> FindAsync(BankEntryKey key) =>
        await banks.FindAsync(key) ?? throw RpcErrors.Create(ErrorReason.BankEntryNotFound, ("entry_id", key.EntryId));

    // A row's incarnation changes with each of its states.
    private static string EtagOf(BankRow row) => row.Incarnation.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
