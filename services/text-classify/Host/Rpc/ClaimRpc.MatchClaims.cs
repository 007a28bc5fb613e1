using System.Text;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class ClaimRpc
{
    private const int DefaultMatches = 5;
    private const int MaxMatches = 16;
    private const int MaxCodePoints = 20_000;
    private const int MaxBytes = 65_536;

    public override Task<MatchClaimsResponse> MatchClaims(MatchClaimsRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.Require(
            request.Text.Length is > 0 and <= MaxBytes && Encoding.UTF8.GetByteCount(request.Text) <= MaxBytes && request.Text.EnumerateRunes().Count() <= MaxCodePoints,
            "text", $"must be 1..{MaxCodePoints} code points and at most {MaxBytes} bytes of UTF-8");
        violations.Require(request.MaxMatches is >= 0 and <= MaxMatches, "max_matches", $"must be 0 (for {DefaultMatches}) to {MaxMatches}");
        violations.ThrowIfAny();
        var loaded = Loaded;
        return Task.FromResult(new MatchClaimsResponse
        {
            ClaimVersion = loaded.Version,
            Matches =
            {
                loaded.Index.Match(request.Text, request.MaxMatches == 0 ? DefaultMatches : request.MaxMatches)
                    .Select(m => new MatchedClaim { FactCheck = ToContract(loaded.All[m.Check.ClaimId]), Score = m.Probability }),
            },
        });
    }
}
