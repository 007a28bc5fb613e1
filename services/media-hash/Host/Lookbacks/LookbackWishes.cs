using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.ServiceDefaults.Redis;
using BankEntry = Moderation.MediaHash.Banks.BankEntry;

namespace Moderation.MediaHash.Host.Lookbacks;

/// <summary>Notes entries that came into force, and makes jobs of them and of what people ask for.</summary>
internal sealed class LookbackWishes(LookbackStore jobs, BankStore banks, KeySpace keys, IOptions<LookbackOptions> options, TimeProvider time)
{
    /// <summary>The creator of jobs that nobody asked for.</summary>
    public const string Creator = "entries-added";

    /// <summary>Entries of one job.</summary>
    public const int MaxEntries = 1000;

    /// <summary>
    /// Notes an entry that is about to be stored, or was. Called before and after: what a crash leaves noted and not stored is passed over, and what
    /// took its time to be stored is noted again.
    /// </summary>
    public Task NoteAsync(BankEntry entry) =>
        options.Value is { Enabled: true, Automatic: true } && !entry.Terms.IsNegative && entry.Terms.IsInForce(time.GetUtcNow())
            ? jobs.NoteAsync(entry.Key, time.GetUtcNow())
            : Task.CompletedTask;

    /// <summary>Notes that entries of a bank are being added in bulk.</summary>
    public Task NoteBankAsync(string bankId, DateTimeOffset since) =>
        options.Value is { Enabled: true, Automatic: true } ? jobs.NoteBankAsync(bankId, since) : Task.CompletedTask;

    /// <summary>Makes a job of what was noted a while ago; null when there is nothing.</summary>
    public async Task<LookbackRecord?> StartNotedAsync()
    {
        var noted = await jobs.ReadNotedAsync(MaxEntries);
        var ready = time.GetUtcNow() - TimeSpan.FromSeconds(options.Value.GatherSeconds);
        if (noted.Count == 0 || noted.Min(entry => entry.Time) > ready)
            return null;
        var wholeBanks = noted.Where(entry => entry.EntryId.Length == 0).ToList();
        var single = noted.Where(entry => entry.EntryId.Length > 0).Take(MaxEntries).ToList();
        var job = Make(
            "lb_" + Ulid.NewUlid(time.GetUtcNow()), Creator,
            single.Select(entry => new LookbackEntry { BankId = entry.BankId, EntryId = entry.EntryId }),
            wholeBanks.Select(entry => new LookbackBank { BankId = entry.BankId, AddedSinceTime = entry.Time.ToTimestamp() }),
            since: null, options.Value.MaxTasks);
        return await jobs.AddAsync(job, [.. wholeBanks, .. single]);
    }

    /// <summary>Makes the job that a person asks for, or finds it.</summary>
    public Task<LookbackRecord> StartAsync(string id, string person, StartLookbackRequest request) => jobs.AddAsync(
        Make(
            id, person, request.Entries, request.Banks, request.SinceTime?.ToDateTimeOffset(),
            request.MaxTasks > 0 ? request.MaxTasks : options.Value.MaxTasks),
        []);

    /// <summary>The rows of a job's single entries that are there.</summary>
    public async Task<IReadOnlyList<BankEntry>> EntriesOfAsync(Lookback job)
    {
        var rows = await Task.WhenAll(job.Entries.Select(entry => banks.FindAsync(new BankEntryKey(entry.BankId, entry.EntryId))));
        return [.. rows.OfType<BankRow>().Select(row => row.Entry)];
    }

    private LookbackRecord Make(
        string id, string creator, IEnumerable<LookbackEntry> entries, IEnumerable<LookbackBank> wholeBanks, DateTimeOffset? since, int maxTasks)
    {
        var now = time.GetUtcNow();
        var earliest = now - TimeSpan.FromDays(options.Value.RetentionDays);
        var from = since is { } wanted && wanted > earliest ? wanted : earliest;
        var (first, last) = (PostFingerprintStore.DayOf(now), PostFingerprintStore.DayOf(from));
        return new LookbackRecord
        {
            FirstDay = first,
            LastDay = last,
            Lookback = new Lookback
            {
                LookbackId = id,
                State = LookbackState.Running,
                Entries = { entries },
                Banks = { wholeBanks },
                Creator = creator,
                CreateTime = now.ToTimestamp(),
                UpdateTime = now.ToTimestamp(),
                SinceTime = from.ToTimestamp(),
                MaxTasks = maxTasks,
                PartCount = (int)Math.Max(0, first - last + 1) * keys.ShardCount,
            },
        };
    }
}
