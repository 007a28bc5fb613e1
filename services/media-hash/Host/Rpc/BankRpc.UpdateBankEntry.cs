using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using BankEntry = Moderation.Contracts.V1.BankEntry;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class BankRpc
{
    private const int MaxReasonLength = 500;
    private const int Attempts = 5;

    private static readonly HashSet<string> Changeable =
    [
        "state", "disable_end_time", "severity", "labels", "match_radius", "traffic_share", "tenant_ids", "min_query_percent",
        "min_reference_percent", "source", "note",
    ];

    public override async Task<UpdateBankEntryResponse> UpdateBankEntry(UpdateBankEntryRequest request, ServerCallContext context)
    {
        var wanted = request.Entry ?? new BankEntry();
        var key = CheckedKey(wanted.BankId, wanted.EntryId, CheckUpdate(request));
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var row = await FindAsync(key);
            if (request.Etag.Length > 0 && request.Etag != EtagOf(row))
                break;
            var after = Merge(row, wanted, request.UpdateMask);
            CheckedKey(key.BankId, key.EntryId, BankEntryRules.Check(after.ToCore(), "entry."));
            if (after.Equals(row.Entry.ToContract()))
                return Answer(row, row.Version);
            if (after.State == BankEntryState.Active && request.UpdateMask.Paths.Contains("state"))
                after.ReviewTime = time.GetUtcNow().ToTimestamp();
            var revision = new Revision(Caller.Of(context).Subject, BankEntryAction.Updated, request.Reason);
            await audit.ChangedAsync(revision.Actor, "bank-entry.update", key, row.Entry, after.ToCore());
            if (await banks.UpdateAsync(row, after.ToCore(), revision) is not var (now, version))
                continue; // changed between reading and writing
            if (!row.Entry.Terms.IsInForce(time.GetUtcNow()))
                await lookbacks.NoteAsync(now.Entry);
            await feed.TryCatchUpAsync(context.CancellationToken);
            return Answer(now, version);
        }
        throw RpcErrors.Create(ErrorReason.BankEntryChanged, ("entry_id", key.EntryId));
    }

    private static IEnumerable<FieldError> CheckUpdate(UpdateBankEntryRequest request)
    {
        if (request.UpdateMask is not { Paths.Count: > 0 } mask || !mask.Paths.All(Changeable.Contains))
            yield return new FieldError("update_mask", "One or more of " + string.Join(", ", Changeable) + ".");
        else if (mask.Paths.Contains("state") && request.Entry?.State == BankEntryState.Quarantined)
            yield return new FieldError("entry.state", "BANK_ENTRY_STATE_ACTIVE or BANK_ENTRY_STATE_DISABLED: only the service quarantines.");
        if (request.Reason.Length > MaxReasonLength)
            yield return new FieldError("reason", $"At most {MaxReasonLength} characters; {request.Reason.Length} were sent.");
    }

    // What stays unset in the wish is back at its default, as the entry's own unset fields are.
    private static BankEntry Merge(BankRow row, BankEntry wanted, FieldMask mask)
    {
        var after = row.Entry.ToContract();
        foreach (var path in mask.Paths)
        {
            var field = BankEntry.Descriptor.FindFieldByName(path);
            if (field.IsRepeated)
                after.ReplaceRepeated(path, wanted);
            else if (field.HasPresence && !field.Accessor.HasValue(wanted))
                field.Accessor.Clear(after);
            else
                field.Accessor.SetValue(after, field.Accessor.GetValue(wanted));
        }
        if (after.State != BankEntryState.Disabled && !mask.Paths.Contains("disable_end_time"))
            after.DisableEndTime = null;
        return after.ToCore().ToContract();
    }

    private static UpdateBankEntryResponse Answer(BankRow row, long version) =>
        new() { Entry = row.Entry.ToContract(), Etag = EtagOf(row), BankVersion = version };
}

/// <summary>The two lists of an entry that a person may change.</summary>
file static class BankEntryLists
{
    public static void ReplaceRepeated(this BankEntry entry, string path, BankEntry wanted)
    {
        var (to, from) = path == "labels" ? (entry.Labels, wanted.Labels) : (entry.TenantIds, wanted.TenantIds);
        to.Clear();
        to.AddRange(from);
    }
}
