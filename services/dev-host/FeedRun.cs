using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host;
using Spectre.Console;

namespace Moderation.DevHost;

/// <summary>Moderates the sample feed through the front door and prints what came of it, hits and misses alike.</summary>
internal sealed class FeedRun(Suite suite, string directory, string apiKey, string personToken, string runId)
{
    private const int Concurrency = 16;
    private const int ShownText = 46;

    private sealed record Row(SamplePost Post, Decision? Decision, string? Error);

    /// <summary>Runs it.</summary>
    /// <returns>True when every post has a verdict.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await SampleBanks.FillAsync(suite, directory, personToken, cancellationToken);
        var posts = SamplePost.ReadFeed(directory);
        var ingest = new IngestService.IngestServiceClient(suite.ConnectWithKey(IngestHost.Name, apiKey));
        var rows = new Row[posts.Count];
        var started = Stopwatch.GetTimestamp();
        await AnsiConsole.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask($"Moderating {posts.Count} sample posts", maxValue: posts.Count);
                await Parallel.ForAsync(
                    0, posts.Count, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
                    async (i, token) =>
                    {
                        rows[i] = await SubmitAsync(ingest, posts[i], token);
                        bar.Increment(1);
                    });
            });
        var elapsed = Stopwatch.GetElapsedTime(started);
        Print(rows, elapsed);
        return rows.All(r => r.Decision is not null);
    }

    private async Task<Row> SubmitAsync(IngestService.IngestServiceClient ingest, SamplePost sample, CancellationToken cancellationToken)
    {
        // The feed can run again over the same Redis: the run is part of the post's id.
        var post = new Post
        {
            PostId = $"{runId}.{sample.PostId}",
            AccountId = $"{runId}.{sample.AccountId}",
            ChannelId = sample.ChannelId,
            Audience = Audience.Public,
            Text = sample.Text,
            AuthorLanguage = sample.Language,
        };
        foreach (var picture in sample.Media ?? [])
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(directory, picture), cancellationToken);
            post.Media.Add(new Media { InlineContent = UnsafeByteOperations.UnsafeWrap(bytes) });
        }

        try
        {
            var request = new SubmitPostRequest { Post = post, Wait = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromSeconds(10)) };
            var answer = await ingest.SubmitPostAsync(request, deadline: DateTime.UtcNow.AddSeconds(15), cancellationToken: cancellationToken);
            return new Row(sample, answer.Decision, answer.Decision is null ? "no verdict in time" : null);
        }
        catch (RpcException failure)
        {
            return new Row(sample, null, failure.Status.Detail);
        }
    }

    private static void Print(IReadOnlyList<Row> rows, TimeSpan elapsed)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("post", "lang", "text", "verdict", "reasons", "expected");
        table.Columns[0].NoWrap();
        table.Columns[3].NoWrap();
        foreach (var row in rows)
        {
            var verdict = Verdict(row);
            var hit = IsHit(row);
            table.AddRow(
                new Text(row.Post.PostId), new Text(row.Post.Language), new Text(Shorten(row.Post)),
                new Text(verdict, verdict == "NONE" ? Style.Plain : new Style(Color.Yellow)),
                new Text(row.Error ?? string.Join("; ", row.Decision!.Reasons.Select(Describe))), // a row has an error or a decision
                new Text(hit ? "as expected" : $"MISS: {row.Post.Expected.Verdict}", hit ? new Style(Color.Green) : new Style(Color.Red)));
        }

        AnsiConsole.Write(table);
        PrintSummary(rows, elapsed);
    }

    private static void PrintSummary(IReadOnlyList<Row> rows, TimeSpan elapsed)
    {
        var summary = new Table().Border(TableBorder.Simple);
        summary.AddColumns("expected", "posts", "as expected", "missed", "of which left alone");
        foreach (var group in rows.GroupBy(r => r.Post.Expected.Category ?? "NONE").OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var missed = group.Where(r => !IsHit(r)).ToList();
            summary.AddRow(
                group.Key, $"{group.Count()}", $"{group.Count() - missed.Count}", $"{missed.Count}",
                $"{missed.Count(r => r.Decision is { Outcome: DecisionOutcome.NoAction })}");
        }

        AnsiConsole.Write(summary);
        var hits = rows.Count(IsHit);
        AnsiConsole.MarkupLineInterpolated(
            $"{rows.Count} posts in {elapsed.TotalSeconds:0.0} s; {rows.Count(r => r.Decision is not null)} have a verdict; {hits} as expected, {rows.Count - hits} missed.");
    }

    private static bool IsHit(Row row)
    {
        var verdict = Verdict(row);
        return verdict == row.Post.Expected.Verdict || (row.Post.Expected.AlsoOk?.Contains(verdict) ?? false);
    }

    private static string Verdict(Row row) => row.Decision switch
    {
        null => "-",
        { Outcome: DecisionOutcome.Measures } d => Upper(d.Measures[0].Kind.ToString()),
        { Outcome: DecisionOutcome.ReviewOnly } => "REVIEW",
        _ => "NONE",
    };

    private static string Describe(Reason reason) => reason.RuleId.Length == 0
        ? reason.Code
        : $"{reason.ClauseTitle} ({reason.RuleId}: {string.Join(", ", reason.Evidence.Where(e => !IsSetting(e)).Select(e => $"{e.Name}={e.Value}"))})";

    // Thresholds are the policy's, the same for every post; the table has room for what is the post's own.
    private static bool IsSetting(Evidence evidence) => evidence.Name.StartsWith("t.", StringComparison.Ordinal);

    private static string Shorten(SamplePost post)
    {
        var text = post.Media is { Count: > 0 } ? "[picture] " + post.Text : post.Text;
        return text.Length <= ShownText ? text : text[..(char.IsHighSurrogate(text[ShownText - 2]) ? ShownText - 2 : ShownText - 1)] + "…";
    }

    private static string Upper(string pascal)
        => string.Concat(pascal.Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + c : char.ToUpperInvariant(c).ToString()));
}
