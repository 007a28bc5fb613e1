using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host.Intake;
using Moderation.Ingest.Host.Media;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Ingest.Host.Pipeline;

/// <summary>The way of a submission up to its answer; SubmitPost and StreamPosts both go through here.</summary>
internal sealed class PostIntake(
    IntakeStore store, PostOwnerStore owners, RequestIdStore requestIds, MediaPresenceStore media, MediaRelay relay, PostProcessor processor,
    ServiceCallers callers, ReplicaName replica, IOptions<PipelineOptions> options, TimeProvider time)
{
    // What is kept back of the caller's deadline so that PENDING still reaches it.
    private static readonly TimeSpan AnswerReserve = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public async Task<SubmitPostResponse> SubmitAsync(
        string tenant, SubmitPostRequest request, DateTime deadline, CancellationToken cancellationToken)
    {
        try
        {
            Validate(request);
        }
        catch (RpcException)
        {
            Count("refused");
            throw;
        }

        processor.Admit();
        var entry = default(IntakeEntry);
        IntakeResult result;
        try
        {
            (result, entry) = await TakeInAsync(tenant, request, cancellationToken);
        }
        catch (RpcException)
        {
            Count("refused");
            throw;
        }
        finally
        {
            if (entry is null)
            {
                processor.Release();
            }
        }

        var work = entry is null ? null : processor.Start(entry);
        Count(entry is null ? "repeated" : "accepted");
        var wait = Wait(request, deadline);
        var decision = result.Settled is { } settled ? settled.ToContract(tenant, request.Post.PostId, request.Post.AccountId)
            : result.Status == IntakeStatus.Decided ? await ReadAsync(tenant, result.Id, cancellationToken)
            : await AwaitAsync(tenant, request.Post, result.Id, work, wait, cancellationToken);
        return new SubmitPostResponse
        {
            PostId = request.Post.PostId,
            Revision = PostContent.Revision(request.Post),
            State = decision is null ? PostState.Pending : PostState.Decided,
            Decision = decision,
        };
    }

    /// <summary>Reads a decision of <paramref name="tenant"/>.</summary>
    public async Task<Decision> ReadAsync(string tenant, string decisionId, CancellationToken cancellationToken)
    {
        var answer = await callers.Enforcement.GetDecisionAsync(
            new GetDecisionRequest { DecisionId = decisionId },
            new Metadata { { AccessInterceptor.TenantHeader, tenant } },
            cancellationToken: cancellationToken);
        return answer.Decision;
    }

    private static void Validate(SubmitPostRequest request)
    {
        var violations = PostRules.Violations(request).Select(v => new FieldViolation(v.Field, v.Description)).ToList();
        if (request.Post is { Audience: not Audience.Public } post)
        {
            // Said before anything else: whatever else is wrong, this post is not ours to look at.
            violations.Insert(0, new FieldViolation("post.audience", "must be AUDIENCE_PUBLIC"));
            throw RpcErrors.Create(
                ErrorReason.PrivateContentNotAccepted,
                "Only public posts are accepted: set post.audience to AUDIENCE_PUBLIC if the post is public.",
                violations,
                ("audience", AudienceName(post.Audience)));
        }

        var found = new FieldViolations();
        violations.ForEach(v => found.Add(v.Field, v.Description));
        found.ThrowIfAny();
    }

    // As the contract spells it; a number that it does not know stays a number.
    private static string AudienceName(Audience audience)
        => PostReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(Audience)).FindValueByNumber((int)audience)?.Name ?? $"{(int)audience}";

    private async Task<(IntakeResult Result, IntakeEntry? Entry)> TakeInAsync(
        string tenant, SubmitPostRequest request, CancellationToken cancellationToken)
    {
        var post = request.Post;
        var hash = PostContent.Hash(request); // before the bytes are gone; a medium's id is a function of its bytes
        if (post.Media.Count > 0)
        {
            var known = await store.IsKnownAsync(tenant, post, hash);
            await (known ? ForgetBytesAsync(post) : RequireMediaAsync(tenant, post, cancellationToken));
        }

        var bound = request.RequestId.Length > 0 ? await requestIds.BindAsync(tenant, request.RequestId, hash) : Binding.Same;
        if (bound == Binding.Other)
        {
            throw RpcErrors.Create(ErrorReason.RequestIdReused, ("request_id", request.RequestId));
        }

        try
        {
            return await TakeInAsync(tenant, post, hash, cancellationToken);
        }
        catch (RpcException) when (bound == Binding.Created)
        {
            await requestIds.UnbindAsync(tenant, request.RequestId);
            throw;
        }
    }

    // A repeated call needs no fingerprints any more, and no bytes go into the intake stream.
    private static Task ForgetBytesAsync(Post post)
    {
        foreach (var medium in post.Media.Where(m => m.SourceCase == Contracts.V1.Media.SourceOneofCase.InlineContent))
        {
            medium.MediaId = PostContent.MediaId(medium.InlineContent.Span);
        }

        return Task.CompletedTask;
    }

    private async Task RequireMediaAsync(string tenant, Post post, CancellationToken cancellationToken)
    {
        await relay.ReplaceInlineAsync(tenant, post, cancellationToken);
        if (await media.FirstMissingAsync(tenant, [.. post.Media.Select(m => m.MediaId)]) is { } missing)
        {
            throw RpcErrors.Create(ErrorReason.MediaNotFound, ("media_id", missing));
        }
    }

    private async Task<(IntakeResult Result, IntakeEntry? Entry)> TakeInAsync(
        string tenant, Post post, string hash, CancellationToken cancellationToken)
    {
        var owner = await owners.BindAsync(tenant, post.PostId, post.AccountId);
        if (owner == Binding.Other)
        {
            throw RpcErrors.Create(ErrorReason.PostOfOtherAccount, ("post_id", post.PostId));
        }

        var record = new IntakeRecord { TenantId = tenant, Post = post, IntakeTime = Timestamp.FromDateTimeOffset(time.GetUtcNow()) };
        cancellationToken.ThrowIfCancellationRequested();
        var result = await store.TakeInAsync(record, hash, replica.Value, owner == Binding.Created);
        switch (result.Status)
        {
            case IntakeStatus.Conflict:
                throw RpcErrors.Create(ErrorReason.RevisionConflict, ("post_id", post.PostId), ("revision", $"{PostContent.Revision(post)}"));
            case IntakeStatus.Withdrawn:
                throw RpcErrors.Create(ErrorReason.PostWithdrawn, ("post_id", post.PostId));
            case IntakeStatus.OtherAccount:
                throw RpcErrors.Create(ErrorReason.PostOfOtherAccount, ("post_id", post.PostId));
            case IntakeStatus.New:
                return (result, new IntakeEntry(store.ShardOf(record), result.Id, record) { Counters = result.Counters });
            default:
                return (result, null);
        }
    }

    private TimeSpan Wait(SubmitPostRequest request, DateTime deadline)
    {
        var wait = request.Wait?.ToTimeSpan() ?? options.Value.DefaultWait;
        if (deadline == DateTime.MaxValue)
        {
            return wait;
        }

        var left = deadline - time.GetUtcNow().UtcDateTime - AnswerReserve;
        return left < wait ? (left > TimeSpan.Zero ? left : TimeSpan.Zero) : wait;
    }

    private async Task<Decision?> AwaitAsync(
        string tenant, Post post, string entryId, Task<Decision?>? work, TimeSpan wait, CancellationToken cancellationToken)
    {
        work ??= processor.Find(store.ShardOf(tenant, post.AccountId), entryId);
        if (work is not null)
        {
            try
            {
                return await work.WaitAsync(wait, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }

        // Another replica has it, or had it.
        var end = time.GetUtcNow() + wait;
        while (true)
        {
            if (await store.FindDecisionAsync(tenant, post.PostId, post.AccountId, PostContent.Revision(post)) is { } id)
            {
                return await ReadAsync(tenant, id, cancellationToken);
            }

            if (time.GetUtcNow() + PollInterval > end)
            {
                return null;
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private static void Count(string result) => ModerationMeter.PostsSubmitted.Add(1, new KeyValuePair<string, object?>("result", result));
}
