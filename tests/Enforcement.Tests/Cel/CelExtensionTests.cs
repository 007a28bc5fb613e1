using Moderation.Enforcement.Cel;
using Xunit;

namespace Moderation.Enforcement.Tests.Cel;

/// <summary>What the specification's own tests don't say about the extensions: their errors, bounds and cost.</summary>
public sealed class CelExtensionTests
{
    private static readonly CelEnvironment<string> Environment = new CelEnvironment<string>().Variable("s", v => v, maxSize: 1_000);

    private static string Errors(string source) => string.Join("\n", CelCompiler.TryCompile(Environment, source, out _));

    [Theory]
    [InlineData("math.gratest(1, 2) > 1", "did you mean 'math.greatest'?")]
    [InlineData("math.ab(1) > 1", "did you mean 'math.abs'?")]
    [InlineData("s.substrng(1) == s", "did you mean 'substring'?")]
    [InlineData("math.greatest('a') == 'a'", "expected one number or more, or a list of numbers")]
    [InlineData("cel.bind(x, 1) == 1", "expected cel.bind(name, value, expression)")]
    [InlineData("cel.bind(x, 1, y == 1)", "unknown name 'y'")]
    [InlineData("s.replace('a', 1) == s", "string.replace(string, string)")]
    public void Error_says_what_would_be_right(string source, string message) => Assert.Contains(message, Errors(source), StringComparison.Ordinal);

    [Theory]
    [InlineData("s.replace('', s).replace('', s).size() > 0")]
    [InlineData("s.split('').exists(a, s.split('').exists(b, a == b))")]
    [InlineData("'%s%s'.format([s.replace('', s), s.replace('', s)]).size() > 0")]
    public void What_would_build_or_compare_too_much_is_refused_when_loaded(string source) =>
        Assert.Contains("may cost", Errors(source), StringComparison.Ordinal);

    [Theory]
    [InlineData("math.greatest(1, 2.5, 3u) == 3u", true)]
    [InlineData("cel.bind(x, s.size(), x == 3 && x + x == 6)", true)]
    [InlineData("cel.bind(x, [1][5], x == 1) || s == 'abc'", true)]
    [InlineData("'%.0f %.0f %.2f'.format([0.5, 1.5, 0.125]) == '0 2 0.12'", true)]
    [InlineData("'a😀b'.reverse() == 'b😀a' && 'a😀b'.substring(1, 2) == '😀'", true)]
    [InlineData("s.split('') == ['a', 'b', 'c'] && ['x', s].join('-') == 'x-abc'", true)]
    [InlineData("math.bitShiftLeft(1, -1) == 0", false)]
    [InlineData("'%s'.format([]) == ''", false)]
    public void Value(string source, bool expected)
    {
        Assert.Equal("", Errors(source));
        CelCompiler.TryCompile(Environment, source, out var condition);

        Assert.Equal(expected, condition!.Evaluate("abc", out _)); // it compiled
    }
}
