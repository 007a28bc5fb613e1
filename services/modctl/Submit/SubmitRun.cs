using System.Runtime.CompilerServices;
using Grpc.Core;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Submit;

/// <summary>Submits the posts of one source, several at a time, and notes each decision before the next row is read into its place.</summary>
internal sealed class SubmitRun(PostSubmission submission, Tally tally, int concurrency)
{
    private long _successes;

    /// <summary>Runs to the end of the source, or to the limit.</summary>
    /// <param name="source">The posts.</param>
    /// <param name="progress">What earlier runs brought to a decision, and where this one notes its own.</param>
    /// <param name="limit">Rows at most, the skipped ones included.</param>
    /// <param name="told">Told after each row.</param>
    /// <param name="cancellationToken">Ends it; what is in flight is not noted.</param>
    /// <exception cref="RpcException">It makes no sense to go on: the credential is refused, or the service has gone.</exception>
    public Task RunAsync(IPostSource source, ProgressFile progress, long limit, Action told, CancellationToken cancellationToken)
        => Parallel.ForEachAsync(
            Limited(source, limit, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken },
            async (row, token) =>
            {
                await HandleAsync(row, progress, token);
                told();
            });

    private async ValueTask HandleAsync(SourceRow row, ProgressFile progress, CancellationToken cancellationToken)
    {
        if (row.Post is not { } post)
        {
            tally.AddUndecided("MALFORMED_ROW", row.Problem?.Where ?? "", $"{row.Problem?.Field} {row.Problem?.Problem}");
            return;
        }

        if (progress.Skip(post.Post.PostId))
        {
            tally.AddSkipped();
            return;
        }

        var before = Interlocked.Read(ref _successes);
        try
        {
            var (decision, time, followed) = await submission.RunAsync(post, cancellationToken);
            Interlocked.Increment(ref _successes);
            var verdict = Verdict.Of(decision);
            progress.Add(post.Post.PostId, verdict);
            tally.AddDecided(verdict, time, followed);
        }
        catch (RpcException failure) when (!StopsAll(failure, before))
        {
            tally.AddUndecided(FailureText.Reason(failure), post.Where, FailureText.OneLine(failure));
        }
        catch (UndecidedException undecided)
        {
            tally.AddUndecided(undecided.Reason, post.Where, undecided.Message);
        }
        catch (PictureException picture)
        {
            tally.AddUndecided("PICTURE_NOT_READABLE", post.Where, picture.Message);
        }
    }

    // An outage is one of the service, not of the post, when no other post got through meanwhile.
    private bool StopsAll(RpcException failure, long successesBefore)
        => failure.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.Unimplemented
            || (Retries.IsOutage(failure) && Interlocked.Read(ref _successes) == successesBefore);

    private static async IAsyncEnumerable<SourceRow> Limited(IPostSource source, long limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (limit == 0)
        {
            yield break;
        }

        var rows = 0L;
        await foreach (var row in source.ReadAsync(cancellationToken))
        {
            yield return row;
            if (++rows == limit)
            {
                yield break;
            }
        }
    }
}
