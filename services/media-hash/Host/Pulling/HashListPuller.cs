using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Moderation.MediaHash.Exchange;
using Moderation.MediaHash.Host.Banks;
using Moderation.MediaHash.Host.Exchange;
using Moderation.ServiceDefaults.Redis;
using BankEntry = Moderation.MediaHash.Banks.BankEntry;

namespace Moderation.MediaHash.Host.Pulling;

/// <summary>
/// Looks at sources when they are due and imports the lists that have changed, on the replica that holds a source's lease. A list that is broken off is
/// gone on with; one whose signature is missing or wrong is not taken, and said so each time.
/// </summary>
internal sealed partial class HashListPuller(
    IOptions<PullOptions> options, PullStore pulls, LeaseStore leases, HashListImport imports, IHttpClientFactory clients, TimeProvider time,
    ILogger<HashListPuller> logger)
{
    private const int BatchSize = 1900;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private readonly string _holder = Ulid.NewUlid().ToString();

    /// <summary>Looks at the sources that are due. Answers how many lists were imported.</summary>
    public async Task<int> PullAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var source in options.Value.Sources)
        {
            var (before, marks) = await pulls.FindAsync(source.Name);
            if (before + source.Every > time.GetUtcNow() || !await RenewAsync(source))
                continue;
            // Noted first: a source that ends every attempt must not be looked at without a pause.
            await pulls.SaveTimeAsync(source.Name, time.GetUtcNow());
            try
            {
                await foreach (var list in Open(source).ReadAsync(marks, cancellationToken))
                {
                    await using (list)
                    {
                        if (await ImportAsync(source, list, cancellationToken))
                            count++;
                    }
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or DecoderFallbackException)
            {
                LogUnread(source.Name, failure.Message);
            }
        }
        return count;
    }

    private IHashListSource Open(PullSource source) => source.IsAddress
        ? new AddressSource(new Uri(source.Location), options.Value.MaxBytes, clients.CreateClient(nameof(HashListPuller)))
        : new DirectorySource(source.Location, options.Value.MaxBytes);

    private async Task<bool> ImportAsync(PullSource source, PulledList list, CancellationToken cancellationToken)
    {
        if (source.PublicKeyFile.Length > 0 && !await new ListSignature(source.PublicKeyFile).IsOfAsync(list.Content, list.Signature, cancellationToken))
        {
            LogUnsigned(source.Name, list.Id);
            return false;
        }
        list.Content.Position = 0;
        var content = await SHA256.HashDataAsync(list.Content, cancellationToken);
        list.Content.Position = 0;
        var job = new ImportJob(source.Bank, $"pull:{source.Name}:{Convert.ToHexStringLower(content.AsSpan(0, 16))}", "pull:" + source.Name);
        var progress = await StoreAsync(source, list, job, cancellationToken);
        if (progress is not { } done)
            return false;
        await imports.FinishAsync(cancellationToken);
        if (list.Mark.Length > 0)
            await pulls.SaveMarkAsync(source.Name, list.Id, list.Mark);
        LogImported(source.Name, list.Id, done.Added, done.Known, done.Removed, done.Refused);
        return true;
    }

    // Null when the lease was lost half-way.
    private async Task<ImportProgress?> StoreAsync(PullSource source, PulledList list, ImportJob job, CancellationToken cancellationToken)
    {
        var progress = await imports.ResumeAsync(job);
        var parser = new HashListParser(new HashListDefaults(source.Bank, source.Category, source.Name), list.IsCsv);
        var (entries, withdrawn, last, refused) = (new List<BankEntry>(), new List<string>(), 0L, 0L);
        using var reader = new StreamReader(list.Content, new UTF8Encoding(false, throwOnInvalidBytes: true), true, 64 * 1024, leaveOpen: true);
        for (long number = 1; await reader.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (number <= progress.LastRow && !(list.IsCsv && number == 1))
                continue;
            if (parser.Parse(number, line) is not { } row)
                continue;
            last = number;
            entries.AddRange(row.Entries);
            withdrawn.AddRange(row.WithdrawnIds);
            if (row.Problem is { } problem && ++refused <= 3)
                LogRow(source.Name, list.Id, number, problem);
            if (entries.Count + withdrawn.Count < BatchSize)
                continue;
            if (!await RenewAsync(source))
                return null;
            progress = (await imports.StoreAsync(job, progress with { Refused = progress.Refused + refused }, last, entries, withdrawn)).Progress;
            (entries, withdrawn, last, refused) = ([], [], 0, 0);
        }
        return last == 0 ? progress : (await imports.StoreAsync(job, progress with { Refused = progress.Refused + refused }, last, entries, withdrawn)).Progress;
    }

    private Task<bool> RenewAsync(PullSource source) => leases.TakeAsync(KeySpace.HashListLease(source.Name), _holder, time.GetUtcNow(), Lease);

    [LoggerMessage(LogLevel.Information, "{Source}: imported {List}: {Added} entries added, {Known} were there, {Removed} removed, {Refused} refused")]
    private partial void LogImported(string source, string list, long added, long known, long removed, long refused);

    [LoggerMessage(LogLevel.Warning, "{Source}: row {Row} of {List}: {Problem}")]
    private partial void LogRow(string source, string list, long row, string problem);

    [LoggerMessage(LogLevel.Error, "{Source}: the signature of {List} is missing or not that of the list; it is not taken")]
    private partial void LogUnsigned(string source, string list);

    [LoggerMessage(LogLevel.Warning, "{Source} can't be read ({Reason}); it is tried again when it is due")]
    private partial void LogUnread(string source, string reason);
}
