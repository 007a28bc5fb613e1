using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.ServiceDefaults.Telemetry;
using BankEntry = Moderation.MediaHash.Banks.BankEntry;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>
/// Switches off a new entry that matches more media than its budget: a blank picture or a popular one that got into a bank by mistake would
/// else act on everybody's posts before a person saw it. Matching only notes; counting and switching off happen beside it.
/// </summary>
internal sealed partial class FloodLimit(
    BankStore store, BankAudit audit, IOptions<FloodOptions> options, TimeProvider time, ILogger<FloodLimit> logger)
{
    /// <summary>The actor in the history.</summary>
    public const string Actor = "flood-limit";

    private ConcurrentDictionary<BankEntryKey, ConcurrentDictionary<string, byte>> _noted = new();

    /// <summary>Notes a match, if it is a new entry's.</summary>
    public void Note(BankEntry entry, string mediaId)
    {
        if (IsWatched(entry))
            _noted.GetOrAdd(entry.Key, _ => new ConcurrentDictionary<string, byte>())[mediaId] = 0;
    }

    /// <summary>Counts what was noted, over all replicas, and switches off what is over its budget. Answers how many entries that were.</summary>
    public async Task<int> CountAsync()
    {
        var noted = Interlocked.Exchange(ref _noted, new ConcurrentDictionary<BankEntryKey, ConcurrentDictionary<string, byte>>());
        var quarantined = 0;
        foreach (var (key, media) in noted)
        {
            var matched = await store.CountMatchedAsync(key, media.Keys);
            if (matched > options.Value.MediaPerHour && await QuarantineAsync(key, matched))
                quarantined++;
        }
        return quarantined;
    }

    private async Task<bool> QuarantineAsync(BankEntryKey key, long matched)
    {
        // Another replica, or a person, may have been first: then the row is another, and what they said stands.
        if (await store.FindAsync(key) is not { } row || !IsWatched(row.Entry))
            return false;
        var after = row.Entry with { Terms = row.Entry.Terms with { State = EntryState.Quarantined, DisableEndTime = null } };
        var reason = $"It matched about {matched} media within an hour; {options.Value.MediaPerHour} is the budget of a new entry.";
        await audit.ChangedAsync(Actor, "bank-entry.quarantine", key, row.Entry, after);
        if (await store.UpdateAsync(row, after, new Revision(Actor, BankEntryAction.Quarantined, reason)) is null)
            return false;
        ModerationMeter.BankQuarantined.Add(1);
        LogQuarantined(key, matched);
        return true;
    }

    private bool IsWatched(BankEntry entry) =>
        options.Value.MediaPerHour > 0
        && entry.Terms.ReviewTime is null
        && !entry.Terms.IsNegative
        && entry.Terms.IsInForce(time.GetUtcNow())
        && time.GetUtcNow() - entry.CreateTime < TimeSpan.FromHours(options.Value.NewHours);

    [LoggerMessage(LogLevel.Warning, "Quarantined bank entry {Entry}: it matched about {Matched} media within an hour")]
    private partial void LogQuarantined(BankEntryKey entry, long matched);
}
