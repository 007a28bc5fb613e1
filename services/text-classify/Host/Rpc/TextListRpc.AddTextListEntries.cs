using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Host.Lists;
using Moderation.TextClassify.Lists;
using TextListKind = Moderation.TextClassify.Lists.TextListKind;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextListRpc
{
    private const int MaxEntries = 1000;
    private const int MaxRegexes = 1000;

    public override async Task<AddTextListEntriesResponse> AddTextListEntries(AddTextListEntriesRequest request, ServerCallContext context)
    {
        var (creator, now) = (Caller.Of(context).Subject, time.GetUtcNow());
        var violations = new FieldViolations();
        for (var i = 0; i < request.Entries.Count; i++)
        {
            if (TimestampRange.Holds(request.Entries[i].EndTime)) continue;
            violations.Add($"entries[{i}].end_time", TimestampRange.Expected);
            request.Entries[i].EndTime = null; // said; the rest is looked at without it
        }
        var entries = request.Entries.Select(e => e.ToCore(request.TenantId, creator, now)).ToList();
        CheckTenant(request.TenantId, violations);
        violations.Require(entries.Count is >= 1 and <= MaxEntries, "entries", $"must be 1..{MaxEntries} entries");
        for (var i = 0; i < entries.Count; i++)
        {
            violations.RequireId(entries[i].Key.EntryId, $"entries[{i}].entry_id");
            foreach (var (field, description) in TextListRules.Check(entries[i], now)) violations.Add($"entries[{i}].{field}", description);
        }
        var added = entries.Count(e => e.Kind == TextListKind.Regex && index.Find(e.Key) is null);
        violations.Require(added == 0 || index.RegexCount + added <= MaxRegexes, "entries", $"must leave at most {MaxRegexes} regular expressions in all lists: each is one more pass over every text");
        violations.ThrowIfAny();
        RequireLoaded();

        // Recorded before they match anything; an entry that is there already changes nothing and is not recorded again.
        await Task.WhenAll(entries.Where(e => index.Find(e.Key) is null)
            .Select(e => audit.RecordAsync(new AdminChange(creator, "text-list.add", Target(e.Key), request.TenantId, null, e.ToContract()))));
        var response = new AddTextListEntriesResponse();
        foreach (var entry in entries)
        {
            var addition = await store.AddAsync(entry);
            if (addition.Entry is null) throw RpcErrors.Create(ErrorReason.TextListEntryConflict, ("entry_id", entry.Key.EntryId));
            response.Entries.Add(addition.Entry.ToContract());
            response.ListVersion = Math.Max(response.ListVersion, addition.Version);
        }

        // This replica matches them at once; the others within a second. If it can't, the next poll does.
        await feed.TryCatchUpAsync(context.CancellationToken);
        return response;
    }
}
