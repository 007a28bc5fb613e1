using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Exchange;
using Moderation.ModCtl.Shell;
using Moderation.ModCtl.Submit;
using Spectre.Console;

namespace Moderation.ModCtl.Banks;

/// <summary>Sends a hash list, and shows how far it is. What the service has stored of it before is not sent again.</summary>
internal sealed class BankImport(ExchangeService.ExchangeServiceClient client, Terminal terminal)
{
    private const int BatchSize = 2000;
    private const int MaxProblemsShown = 20;

    private readonly long _started = terminal.Time.GetTimestamp();
    private ImportEntriesResponse _last = new();
    private long _problems;

    public async Task<int> RunAsync(HashListFile list, HashListDefaults defaults, CancellationToken cancellationToken)
    {
        var complete = false;
        try
        {
            await terminal.Console.Progress()
                .AutoClear(false)
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async display =>
                {
                    var bar = display.AddTask("Importing", maxValue: 1);
                    await SendAsync(list, defaults, bar, cancellationToken);
                    bar.Value = 1;
                });
            complete = true;
        }
        finally
        {
            terminal.Console.WriteLine(Summary());
            if (!complete)
            {
                terminal.Error.WriteLine("Stopped before the end; the same command goes on from here.");
            }
        }

        return _problems + _last.RefusedCount == 0 ? 0 : Root.Failed;
    }

    private async Task SendAsync(HashListFile list, HashListDefaults defaults, ProgressTask bar, CancellationToken cancellationToken)
    {
        using var call = client.ImportEntries(cancellationToken: cancellationToken);
        var header = new ImportHeader { BankId = defaults.BankId, ImportToken = await list.TokenAsync(cancellationToken) };
        try
        {
            await call.RequestStream.WriteAsync(new ImportEntriesRequest { Header = header }, cancellationToken);
        }
        catch (Exception failure) when (failure is RpcException or InvalidOperationException)
        {
            // Refused before all was sent: the answer below says why.
        }

        if (!await call.ResponseStream.MoveNext(cancellationToken))
        {
            return;
        }

        _last = call.ResponseStream.Current;
        if (_last.LastRow > 0)
        {
            terminal.Error.WriteLine($"Going on behind row {_last.LastRow.ToString(CultureInfo.InvariantCulture)}, up to which an earlier run has stored all.");
        }

        var hearing = HearAsync(call.ResponseStream, cancellationToken);
        try
        {
            await WriteAsync(call.RequestStream, list, defaults, bar, hearing, cancellationToken);
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception failure) when (failure is RpcException or InvalidOperationException)
        {
            // As above.
        }

        await hearing;
    }

    private async Task WriteAsync(
        IClientStreamWriter<ImportEntriesRequest> stream, HashListFile list, HashListDefaults defaults, ProgressTask bar, Task hearing,
        CancellationToken cancellationToken)
    {
        var batch = new ImportBatch();
        foreach (var (row, share) in list.Read(defaults, _last.LastRow))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (row.Problem is { } problem)
            {
                Show($"row {row.Number.ToString(CultureInfo.InvariantCulture)}: {problem}");
            }

            batch.Entries.Add(row.Entries.Select(EntryMapping.ToContract));
            batch.WithdrawnEntryIds.Add(row.WithdrawnIds);
            batch.LastRow = row.Number;
            // A row has at most five hashes, so a batch stays under what the service takes.
            if (batch.Entries.Count >= BatchSize - 5 || batch.WithdrawnEntryIds.Count >= BatchSize - 5)
            {
                await stream.WriteAsync(new ImportEntriesRequest { Batch = batch }, cancellationToken);
                batch = new ImportBatch();
                (bar.Value, bar.Description) = (share, Description());
            }

            if (hearing.IsCompleted)
            {
                return; // it has ended, and says why
            }
        }

        if (batch.LastRow > 0)
        {
            await stream.WriteAsync(new ImportEntriesRequest { Batch = batch }, cancellationToken);
        }
    }

    private async Task HearAsync(IAsyncStreamReader<ImportEntriesResponse> stream, CancellationToken cancellationToken)
    {
        while (await stream.MoveNext(cancellationToken))
        {
            _last = stream.Current;
            foreach (var problem in _last.Problems)
            {
                Show($"{problem.EntryId}: {problem.Description}", isCounted: false);
            }
        }
    }

    private void Show(string problem, bool isCounted = true)
    {
        var shown = Interlocked.Increment(ref _shown);
        if (isCounted)
        {
            Interlocked.Increment(ref _problems);
        }

        if (shown <= MaxProblemsShown)
        {
            terminal.Error.WriteLine(FailureText.Printable(problem));
        }
    }

    private long _shown;

    private string Description() => $"Importing, {SubmitReport.Number(_last.AddedCount + _last.KnownCount)} entries stored";

    private string Summary()
    {
        var refused = _last.RefusedCount + _problems;
        return $"{SubmitReport.Number(_last.AddedCount)} entries added, {SubmitReport.Number(_last.KnownCount)} were there, "
            + $"{SubmitReport.Number(_last.RemovedCount)} removed, {SubmitReport.Number(refused)} rows or entries refused "
            + string.Create(CultureInfo.InvariantCulture, $"({terminal.Time.GetElapsedTime(_started).TotalSeconds:0.0} s).");
    }
}
