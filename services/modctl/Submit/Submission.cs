using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Moderation.ServiceDefaults.Errors;
using Spectre.Console;

namespace Moderation.ModCtl.Submit;

/// <summary>A whole <c>modctl submit</c>: every path after the other, the progress bar, the report.</summary>
internal sealed class Submission(SubmitRequest request, Terminal terminal)
{
    private static readonly TimeSpan ShowInterval = TimeSpan.FromMilliseconds(200);
    private readonly Tally _tally = new();
    private readonly HashSet<string> _counted = new(StringComparer.Ordinal);
    private long _started;
    private long _shown;

    /// <summary>Runs it. The report is printed however it ends.</summary>
    /// <returns>0 when every post has a decision, else 1.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        // Everything that can be wrong with a path is said before the first post is sent.
        var sources = request.Paths.Select(p => (Path: p, Source: PostSources.Open(p, request.Source))).ToList();
        using var connection = new ServiceConnection(request.Address, request.Credential);
        var client = new IngestService.IngestServiceClient(connection.Invoker);
        await ProbeAsync(client, cancellationToken);
        _started = terminal.Time.GetTimestamp();
        var complete = false;
        try
        {
            await SubmitWithBarAsync(sources, client, cancellationToken);
            complete = true;
        }
        finally
        {
            SubmitReport.Print(_tally, terminal.Time.GetElapsedTime(_started), terminal);
            if (!complete)
            {
                terminal.Error.WriteLine("Stopped before the end; the same command goes on from here.");
            }
        }

        return _tally.Undecided == 0 ? 0 : Root.Failed;
    }

    private Task SubmitWithBarAsync(
        List<(string Path, IPostSource Source)> sources, IngestService.IngestServiceClient client, CancellationToken cancellationToken)
        => terminal.Console.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async display =>
            {
                var bar = display.AddTask("Submitting", maxValue: sources.Count);
                try
                {
                    await SubmitAsync(sources, client, bar, cancellationToken);
                }
                finally
                {
                    bar.Description = Description();
                    bar.StopTask();
                }
            });

    private async Task SubmitAsync(
        List<(string Path, IPostSource Source)> sources, IngestService.IngestServiceClient client, ProgressTask bar, CancellationToken cancellationToken)
    {
        var retries = new Retries(terminal.Time, request.RetryFor, _tally.AddRetry);
        await using IPostSender sender = request.Mode == SendMode.Stream ? new StreamSender(client, terminal.Time) : new UnarySender(client);
        var submission = new PostSubmission(client, sender, new MediaUploads(client, retries), retries, request.FollowFor, terminal.Time);
        var run = new SubmitRun(submission, _tally, request.Concurrency);
        var left = request.Limit;
        for (var i = 0; i < sources.Count && left > 0; i++)
        {
            var (path, source) = (sources[i].Path, sources[i].Source);
            var before = Rows();
            var progressPath = request.ProgressFile ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) + ".progress";
            using (var progress = ProgressFile.Open(progressPath, request.Address, terminal.Time))
            {
                if (_counted.Add(progressPath))
                {
                    _tally.AddEarlier(progress.EarlierVerdicts);
                }

                var done = i;
                await run.RunAsync(source, progress, left, () => Show(bar, done + source.Share), cancellationToken);
            }

            left -= Rows() - before;
            bar.Value = i + 1;
        }

        bar.Value = sources.Count;
    }

    private long Rows() => _tally.Decided + _tally.Skipped + _tally.Undecided;

    private void Show(ProgressTask bar, double value)
    {
        var shown = Interlocked.Read(ref _shown);
        if (terminal.Time.GetElapsedTime(shown) >= ShowInterval && Interlocked.CompareExchange(ref _shown, terminal.Time.GetTimestamp(), shown) == shown)
        {
            bar.Value = value;
            bar.Description = Description();
        }
    }

    private string Description()
        => $"Submitting {SubmitReport.Number(Rows())} posts, {SubmitReport.Rate(_tally.Decided, terminal.Time.GetElapsedTime(_started))}";

    // Asks for a post that is not there: whether the address, the port and the key are right is then known before a file is read.
    private static async Task ProbeAsync(IngestService.IngestServiceClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.GetPostAsync(new GetPostRequest { PostId = "modctl-probe" }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
        }
        catch (RpcException failure) when (RpcErrors.ReasonOf(failure) is ErrorReason.PostNotFound or ErrorReason.Overloaded or ErrorReason.DependencyUnavailable)
        {
            // It answers; what fails for a moment is repeated post by post.
        }
    }
}
