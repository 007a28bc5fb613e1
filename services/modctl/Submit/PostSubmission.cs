using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ModCtl.Submit;

/// <summary>A post that has no decision although every call was answered.</summary>
internal sealed class UndecidedException(string reason, string message) : Exception(message)
{
    public string Reason => reason;
}

/// <summary>Brings one post to its decision: pictures, submission, and following it while it is pending.</summary>
internal sealed class PostSubmission(
    IngestService.IngestServiceClient client, IPostSender sender, MediaUploads uploads, Retries retries, TimeSpan followLimit, TimeProvider time)
{
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1);

    /// <summary>Submits it.</summary>
    /// <returns>The decision, the time from the first sending to it, and whether it had to be followed.</returns>
    public async Task<(Decision Decision, TimeSpan Time, bool Followed)> RunAsync(PostRow row, CancellationToken cancellationToken)
    {
        await UploadAsync(row, cancellationToken);
        var started = time.GetTimestamp();
        var answer = await SendAsync(row, cancellationToken);
        return answer.State == PostState.Decided && answer.Decision is not null
            ? (answer.Decision, time.GetElapsedTime(started), false)
            : (await FollowAsync(row.Post.PostId, cancellationToken), time.GetElapsedTime(started), true);
    }

    private async Task UploadAsync(PostRow row, CancellationToken cancellationToken)
    {
        row.Post.Media.Clear();
        for (var i = 0; i < row.Pictures.Count; i++)
        {
            row.Post.Media.Add(new Media { MediaId = await uploads.IdOfAsync(row.Pictures[i], $"media[{i}]", cancellationToken) });
        }
    }

    private async Task<SubmitPostResponse> SendAsync(PostRow row, CancellationToken cancellationToken)
    {
        try
        {
            return await retries.RunAsync(token => sender.SendAsync(row.Post, token), cancellationToken);
        }
        catch (RpcException failure) when (RpcErrors.ReasonOf(failure) == ErrorReason.MediaNotFound && row.Pictures.Count > 0)
        {
            // Fingerprints expire; a long run can outlive what it uploaded at its beginning.
            uploads.Forget(row.Pictures);
            await UploadAsync(row, cancellationToken);
            return await retries.RunAsync(token => sender.SendAsync(row.Post, token), cancellationToken);
        }
    }

    private async Task<Decision> FollowAsync(string postId, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        for (var polls = 0; ; polls++)
        {
            var state = await retries.RunAsync(
                async token => await client.GetPostAsync(
                    new GetPostRequest { PostId = postId }, deadline: DateTime.UtcNow + Waiting.ForAnswer, cancellationToken: token),
                cancellationToken);
            switch (state)
            {
                case { State: PostState.Decided, Decision: { } decision }:
                    return decision;
                case { State: PostState.Quarantined }:
                    throw new UndecidedException("QUARANTINED", "it kept failing and waits for an operator");
                case { State: PostState.Withdrawn }:
                    throw new UndecidedException("WITHDRAWN", "its author withdrew it before it was decided");
            }

            var delay = Retries.Backoff(polls) is var backoff && backoff < LongestPoll ? backoff : LongestPoll;
            if (time.GetElapsedTime(started) + delay > followLimit)
            {
                throw new UndecidedException("STILL_PENDING", $"taken in, but not decided within {followLimit.TotalSeconds:0} s; run the same command again later");
            }

            await Task.Delay(delay, time, cancellationToken);
        }
    }
}
