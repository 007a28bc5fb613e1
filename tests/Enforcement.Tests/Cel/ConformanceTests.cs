using System.Globalization;
using System.Linq.Expressions;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Moderation.Enforcement.Cel;
using Xunit;

namespace Moderation.Enforcement.Tests.Cel;

/// <summary>Runs the specification's own tests and prints a table of what passed.</summary>
public sealed partial class ConformanceTests(ITestOutputHelper output)
{
    /// <summary>The files in which everything that our types cover must pass.</summary>
    private static readonly string[] Required =
    [
        "basic", "bindings_ext", "comparisons", "conversions", "encoders_ext", "fields", "fp_math", "integer_math", "lists", "logic", "macros",
        "macros2", "math_ext", "namespace", "parse", "plumbing", "string", "string_ext", "timestamps", "type_deduction",
    ];

    private static readonly CelLimits Wide = new() { MaxLength = 100_000, MaxNodes = 100_000, MaxDepth = 500, MaxNesting = 100 };

    [Fact]
    public void Specification_tests_within_our_types_pass()
    {
        var folder = ConformanceFile.FindFolder();
        if (folder is null)
        {
            Console.WriteLine("LEFT OUT  the specification's tests are not here (a folder shared/data/cel beside or above the repository).");
            Assert.NotEmpty(Required);
            return;
        }
        var table = new StringBuilder("| section | passed | not applicable | failed |\n|---|---|---|---|\n");
        var failures = new List<string>();
        foreach (var file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var section = Path.GetFileNameWithoutExtension(file);
            var (passed, left, failed) = (0, 0, 0);
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var test in document.RootElement.GetProperty("section").EnumerateArray().SelectMany(s => s.GetProperty("test").EnumerateArray()))
            {
                if (OutsideOurTypes(test) is not null)
                {
                    left++;
                    continue;
                }
                var problem = Run(test);
                if (problem is null)
                {
                    passed++;
                    continue;
                }
                failed++;
                output.WriteLine($"{section}: {test.GetProperty("expr").GetString()}: {problem}");
                if (Required.Contains(section))
                    failures.Add($"{section}/{test.GetProperty("name").GetString()}: {test.GetProperty("expr").GetString()}: {problem}");
            }
            table.Append(CultureInfo.InvariantCulture, $"| {section} | {passed} | {left} | {failed} |\n");
        }
        output.WriteLine(table.ToString());
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    /// <summary>Why a test needs what policies have not; null when it must pass.</summary>
    private static string? OutsideOurTypes(JsonElement test)
    {
        var raw = test.GetRawText();
        var expression = test.GetProperty("expr").GetString() ?? "";
        if (raw.Contains("TestAllTypes", StringComparison.Ordinal) || raw.Contains("NestedTestAllTypes", StringComparison.Ordinal)
            || raw.Contains("cel.expr.conformance", StringComparison.Ordinal))
            return "messages of the conformance package";
        if (MessageLiteral().IsMatch(expression))
            return "message literals";
        if (WrapperObject().IsMatch(raw))
            return "wrapper messages, Any, Struct, Value and ListValue";
        if (raw.Contains("abstractType", StringComparison.Ordinal) || Optional().IsMatch(expression))
            return "optional values and abstract types";
        if (test.TryGetProperty("typeEnv", out var environment) && environment.EnumerateArray().Any(d => d.TryGetProperty("function", out _)))
            return "functions declared by the test";
        return null;
    }

    private static string? Run(JsonElement test)
    {
        var expression = test.GetProperty("expr").GetString() ?? "";
        var strict = !(test.TryGetProperty("disableCheck", out var disabled) && disabled.GetBoolean());
        var environment = new CelEnvironment<Dictionary<string, CelValue>>
        {
            Container = test.TryGetProperty("container", out var container) ? container.GetString() ?? "" : "",
        };
        var values = new Dictionary<string, CelValue>();
        if (test.TryGetProperty("bindings", out var bindings))
        {
            foreach (var binding in bindings.EnumerateObject())
                values[binding.Name] = ConformanceFile.ReadValue(binding.Value.GetProperty("value"));
        }
        if (test.TryGetProperty("typeEnv", out var declared))
        {
            foreach (var variable in declared.EnumerateArray())
                Declare(environment, variable.GetProperty("name").GetString() ?? "", ConformanceFile.ReadType(variable.GetProperty("ident").GetProperty("type")));
        }
        foreach (var name in values.Keys.Where(n => !environment.Variables.ContainsKey(n)))
            Declare(environment, name, CelType.Dyn);

        var errors = CelCompiler.TryCompileValue(environment, expression, strict, Wide, out var code, out var type);
        var wantsError = test.TryGetProperty("evalError", out _);
        if (code is null)
            return wantsError && !errors.Any(e => e.Message.StartsWith("unknown", StringComparison.Ordinal)) ? null : "does not compile: " + errors[0];
        if (test.TryGetProperty("typedResult", out var typed) && typed.TryGetProperty("deducedType", out var deduced))
        {
            var wanted = ConformanceFile.ReadType(deduced).ToString();
            if (wanted != type.ToString())
                return $"type {type} instead of {wanted}";
        }
        if (test.TryGetProperty("checkOnly", out var checkOnly) && checkOnly.GetBoolean())
            return null;
        CelFault fault = default;
        var value = code(values, ref fault);
        if (wantsError)
            return fault.IsSet ? null : $"gives {value} instead of an error";
        if (fault.IsSet)
            return "faults: " + fault.Describe();
        var expected = typed.ValueKind == JsonValueKind.Object ? ConformanceFile.ReadValue(typed.GetProperty("result"))
            : test.TryGetProperty("value", out var given) ? ConformanceFile.ReadValue(given)
            : CelValue.Of(true);
        return Same(expected, value) || Same(Unescaped(expected), value) ? null : $"gives {value} ({value.TypeName}) instead of {expected} ({expected.TypeName})";
    }

    private static void Declare(CelEnvironment<Dictionary<string, CelValue>> environment, string name, CelType type)
    {
        Expression Read(Expression vars)
        {
            var value = Expression.Property(vars, "Item", Expression.Constant(name));
            if (type.IsDynamic || type.Kind is CelKind.Null or CelKind.Type)
                return value;
            return Expression.Call(typeof(ConformanceTests).GetMethod(nameof(As), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!
                .MakeGenericMethod(CelClrTypes.Of(type)), value);
        }
        environment.Add(new CelVariable(name, type, Read, default, 100, 0));
    }

    private static T As<T>(CelValue value) => (T)(object)(value.Kind switch
    {
        CelKind.Bool => value.AsBool,
        CelKind.Int => value.AsInt,
        CelKind.UInt => value.AsUInt,
        CelKind.Double => value.AsDouble,
        CelKind.String => value.AsString,
        CelKind.Bytes => value.AsBytes,
        CelKind.List => value.AsList,
        CelKind.Map => value.AsMap,
        CelKind.Timestamp => value.AsTimestamp,
        _ => value.AsDuration,
    });

    /// <summary>
    /// Some expected literals were escaped once too often when the tests were converted to JSON: characters above U+00FF stand there as
    /// \uXXXX, and a question mark in bytes as \?. They are compared after undoing that.
    /// </summary>
    private static CelValue Unescaped(CelValue expected) => expected.Kind switch
    {
        CelKind.String => CelValue.Of(EscapedAgain().Replace(
            expected.AsString, m => char.ConvertFromUtf32(int.Parse(m.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)))),
        CelKind.Bytes => CelValue.Of(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(expected.AsBytes).Replace("\\?", "?", StringComparison.Ordinal))),
        _ => expected,
    };

    [GeneratedRegex(@"\\u[0-9a-f]{4}|\\U[0-9a-f]{8}")]
    private static partial Regex EscapedAgain();

    /// <summary>The same type and value; NaN is the same as NaN.</summary>
    private static bool Same(CelValue expected, CelValue actual)
    {
        if (expected.Kind != actual.Kind)
            return false;
        return expected.Kind switch
        {
            CelKind.Double => expected.AsDouble.Equals(actual.AsDouble),
            CelKind.List => expected.AsList.Count == actual.AsList.Count && expected.AsList.Zip(actual.AsList, Same).All(same => same),
            _ => expected.Equals(actual),
        };
    }

    [GeneratedRegex(@"\b[A-Z]\w*\s*\{")]
    private static partial Regex MessageLiteral();

    [GeneratedRegex(@"google\.protobuf\.(\w*Value|Any|Struct|NullValue)\b|""wrapper""|""wellKnown""\s*:\s*""ANY""")]
    private static partial Regex WrapperObject();

    [GeneratedRegex(@"optional\.|\.\?|\[\?|\{\?|\.opt(Map|FlatMap)\(")]
    private static partial Regex Optional();
}
