using System.Text;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.TextClassify.Host.Rpc;

/// <summary>Scores of texts. One RPC a file.</summary>
internal sealed partial class TextClassifyRpc(TextScoring scoring, ExceptionInterceptor errors) : TextClassifyService.TextClassifyServiceBase
{
    private const int MaxCodePoints = 20_000;
    private const int MaxBytes = 65_536;
    private const int MaxLanguage = 35;

    private ClassifyTextResponse Classify(ClassifyTextRequest request)
    {
        var violations = new FieldViolations();
        violations.Require(
            request.Text.Length <= MaxBytes && Encoding.UTF8.GetByteCount(request.Text) <= MaxBytes && request.Text.EnumerateRunes().Count() <= MaxCodePoints,
            "text", $"must be at most {MaxCodePoints} code points and {MaxBytes} bytes of UTF-8");
        violations.Require(request.Language.Length <= MaxLanguage, "language", $"must be a BCP 47 tag of at most {MaxLanguage} characters");
        violations.ThrowIfAny();
        return new ClassifyTextResponse { Signals = scoring.Score(request) };
    }
}
