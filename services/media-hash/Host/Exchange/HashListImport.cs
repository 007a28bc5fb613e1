using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.MediaHash.Host.Lookbacks;
using BankEntry = Moderation.MediaHash.Banks.BankEntry;

namespace Moderation.MediaHash.Host.Exchange;

/// <summary>Who imports what to where.</summary>
/// <param name="BankId">The bank.</param>
/// <param name="Token">Names the file.</param>
/// <param name="Actor">The person, or the puller.</param>
internal sealed record ImportJob(string BankId, string Token, string Actor);

/// <summary>Takes batches of hash lists into banks, from people and from the puller, and remembers how far each list is.</summary>
internal sealed class HashListImport(
    BankBatchStore batches, BankStore banks, BankFeedStore feed, LookbackWishes lookbacks, BankAudit audit, TimeProvider time)
{
    private const int MaxProblems = 20;

    /// <summary>How far an import is.</summary>
    public Task<ImportProgress> ResumeAsync(ImportJob job) => batches.FindProgressAsync(job.BankId, job.Token);

    /// <summary>Stores a batch and how far the import is then; again changes nothing.</summary>
    public async Task<(ImportProgress Progress, IReadOnlyList<ImportProblem> Problems)> StoreAsync(
        ImportJob job, ImportProgress before, long lastRow, IReadOnlyCollection<BankEntry> entries, IReadOnlyCollection<string> withdrawnIds)
    {
        var now = time.GetUtcNow();
        var problems = new List<ImportProblem>();
        var right = new List<BankEntry>();
        foreach (var entry in entries.DistinctBy(entry => entry.Key))
        {
            if (BankEntryRules.Check(entry, "") is [var first, ..])
                problems.Add(new ImportProblem { EntryId = entry.Key.EntryId, Description = $"{first.Field}: {first.Description}" });
            else
                right.Add(entry with { Creator = job.Actor, CreateTime = now });
        }
        if (right.Count > 0)
        {
            await audit.ImportedAsync(job, lastRow, right);
            // Before they are there, and again behind it: see LookbackWishes.
            await lookbacks.NoteBankAsync(job.BankId, now);
        }
        var added = await batches.AddAsync(right);
        if (added.Added.Count > 0)
            await lookbacks.NoteBankAsync(job.BankId, now);
        problems.AddRange(added.Conflicts.Select(entry => new ImportProblem
        {
            EntryId = entry.Key.EntryId,
            Description = "The bank has an entry of this id with another hash, category or sign.",
        }));
        var removed = 0;
        foreach (var id in withdrawnIds)
        {
            if (await RemoveAsync(new BankEntryKey(job.BankId, id), job.Actor))
                removed++;
        }
        var progress = new ImportProgress(
            lastRow, before.Added + added.Added.Count, before.Known + added.Known, before.Removed + removed, before.Refused + problems.Count);
        await batches.SaveProgressAsync(job.BankId, job.Token, progress);
        return (progress, [.. problems.Take(MaxProblems)]);
    }

    /// <summary>Lets this replica match what was imported; the others follow within a second.</summary>
    public Task FinishAsync(CancellationToken cancellationToken) => feed.TryCatchUpAsync(cancellationToken);

    private async Task<bool> RemoveAsync(BankEntryKey key, string actor)
    {
        if (BankEntryRules.CheckKey(key, "").Any() || await banks.FindAsync(key) is not { } before)
            return false;
        await audit.ChangedAsync(actor, "bank-entry.remove", key, before.Entry, null);
        return await banks.RemoveAsync(key, actor) is not null;
    }
}
