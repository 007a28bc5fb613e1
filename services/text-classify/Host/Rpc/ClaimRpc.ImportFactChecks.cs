using System.Text;
using System.Text.Json;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Claims;
using Moderation.TextClassify.Host.Claims;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class ClaimRpc
{
    private const int MaxFactChecks = 1000;
    private const int MaxJsonBytes = 8 * 1024 * 1024;

    public override async Task<ImportFactChecksResponse> ImportFactChecks(ImportFactChecksRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.Require(request.FactChecks.Count <= MaxFactChecks, "fact_checks", $"must be at most {MaxFactChecks}");
        violations.Require(request.FactChecks.Count > 0 || request.ClaimReviewJson.Length > 0, "fact_checks", "must hold a fact-check, or claim_review_json be set");
        IReadOnlyList<TextClassify.Claims.FactCheck> read = [];
        if (request.ClaimReviewJson.Length > MaxJsonBytes || Encoding.UTF8.GetByteCount(request.ClaimReviewJson) > MaxJsonBytes)
        {
            violations.Add("claim_review_json", $"must be at most {MaxJsonBytes} bytes");
        }
        else if (request.ClaimReviewJson.Length > 0)
        {
            try
            {
                read = ClaimReviewReader.Read(request.ClaimReviewJson);
            }
            catch (JsonException malformed)
            {
                violations.Add("claim_review_json", $"must be JSON: line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1} is not");
            }
        }
        for (var i = 0; i < request.FactChecks.Count; i++) violations.Require(TimestampRange.Holds(request.FactChecks[i].ReviewTime), $"fact_checks[{i}].review_time", TimestampRange.Expected);
        violations.ThrowIfAny();

        var (creator, now) = (Caller.Of(context).Subject, time.GetUtcNow());
        var response = new ImportFactChecksResponse { ClaimVersion = Loaded.Version };
        var index = 0;
        foreach (var check in request.FactChecks.Select(StoredFactCheck.Read).Concat(read))
        {
            var wrong = FactCheckRules.Check(check).Select(e => $"{e.Field} {e.Description}").ToList();
            if (wrong.Count > 0)
            {
                response.Skipped.Add(new SkippedFactCheck { Index = index++, Reason = string.Join("; ", wrong) });
                continue;
            }
            index++;
            var stored = new StoredFactCheck(check, creator, now);
            // The same once more changes nothing, and is not recorded again.
            if (Loaded.All.GetValueOrDefault(check.ClaimId) is var before && before?.Check != check) await RecordAsync(creator, "fact-check.import", check.ClaimId, before, stored);
            response.ClaimVersion = Math.Max(response.ClaimVersion, await store.PutAsync(stored));
            response.Imported++;
            if (catalogue.Counts(check)) response.Counting++;
        }

        // This replica matches them at once; the others within a second. If it can't, the next poll does.
        await catalogue.TryCatchUpAsync(context.CancellationToken);
        return response;
    }
}
