using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReviewTaskRpc
{
    private const int MostPosts = 100;
    private const int MostMatches = 16;
    private const string Lookback = "lookback:";

    public override async Task<OpenReviewTasksResponse> OpenReviewTasks(OpenReviewTasksRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        var job = request.Cause.StartsWith(Lookback, StringComparison.Ordinal) ? request.Cause[Lookback.Length..] : "";
        violations.Require(job.Length is >= 1 and <= 64 && job.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'), "cause", "must be lookback: and the look-back's id");
        violations.Require(request.Posts.Count is >= 1 and <= MostPosts, "posts", $"must hold 1..{MostPosts} posts");
        for (var i = 0; i < request.Posts.Count; i++)
        {
            Check(request.Posts[i], $"posts[{i}]", violations);
        }

        violations.ThrowIfAny();
        var response = new OpenReviewTasksResponse();
        foreach (var post in request.Posts)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            response.Tasks.Add(await findings.OpenAsync(post, request.Cause));
        }

        return response;
    }

    private static void Check(FoundPost post, string path, FieldViolations violations)
    {
        violations.RequireName(post.TenantId, path + ".tenant_id");
        violations.RequireId(post.AccountId, path + ".account_id");
        violations.RequireId(post.PostId, path + ".post_id");
        violations.Require(post.Revision >= 1, path + ".revision", "must be 1 or more");
        violations.Require(post.Severity is >= 0 and <= 4, path + ".severity", "must be 0..4");
        violations.Require(post.Matches.Count is >= 1 and <= MostMatches, path + ".matches", $"must hold 1..{MostMatches} matches");
        for (var i = 0; i < post.Matches.Count; i++)
        {
            var (match, place) = (post.Matches[i], $"{path}.matches[{i}]");
            violations.Require(match.Category != Contracts.V1.HarmCategory.Unspecified && Enum.IsDefined(match.Category), place + ".category", "must be a harm of the taxonomy");
            violations.Require(match.Kind != Contracts.V1.HashKind.Unspecified && Enum.IsDefined(match.Kind), place + ".kind", "must be a kind of fingerprint");
            violations.Require(match.BankId.Length > 0 && match.EntryId.Length > 0 && match.MediaId.Length > 0, place, "must name bank, entry and medium");
        }
    }
}
