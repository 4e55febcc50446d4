using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Allianz.Portfolio.Tests;

/// <summary>
/// All sentences with which the program refuses something, in one file that can be read in one sitting. With
/// <c>PORTFOLIO_TEST_WRITE_ERROR_TEXTS=1</c> it is written anew, and whoever changed a sentence sees it among the others.
/// </summary>
public class ErrorTextsTests
{
    private const string Document = "docs/error-texts.md";

    // What refuses: whatever is called so takes the sentence as one of its arguments.
    private static readonly HashSet<string> _calls = ["When", "Order", "Accept", "Validate", "Refuse", "Refused", "Fail", "LetterRefused"];

    private static readonly HashSet<string> _exceptions =
    [
        "FieldError",
        "Refusal",
        "JsonException",
        "LetterRefused",
        "InvalidOperationException",
        "FormatException",
        "WrongValue",
    ];

    [Test]
    public void All_error_texts_stand_in_one_document()
    {
        var text = Text();
        var file = Path.Combine(RepositoryTests.Root, Document);
        if (Environment.GetEnvironmentVariable("PORTFOLIO_TEST_WRITE_ERROR_TEXTS") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.That(text.Split('\n').Count(line => line.StartsWith("- ", StringComparison.Ordinal)), Is.GreaterThan(300));
        Assert.That(File.ReadAllText(file), Is.EqualTo(text), $"Read {Document} and write it anew.");
    }

    /// <summary>A sentence begins with a capital, a name in the body or a quotation, and ends as sentences do.</summary>
    [Test]
    public void An_error_text_is_a_sentence()
    {
        var wrong = Text()
            .Split('\n')
            .Where(line => line.StartsWith("- ", StringComparison.Ordinal))
            .Where(line =>
                !line.EndsWith('.')
                && !line.EndsWith('?')
                && !line.EndsWith(".'", StringComparison.Ordinal)
                && !line.EndsWith('}')
                && !line.EndsWith("...", StringComparison.Ordinal)
            );

        Assert.That(wrong, Is.Empty);
    }

    private static string Text()
    {
        var document = new StringBuilder(
            """
            # Error texts

            Every sentence with which the program refuses something, by the file that it is written in; `{...}` stands for what is put in. Types of problems (`/problems/...`) never change; their sentences may. The test `ErrorTextsTests` compares this page with the source.


            """
        );
        var source = Path.Combine(RepositoryTests.Root, "src");
        foreach (var file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var path = Path.GetRelativePath(source, file).Replace('\\', '/');
            if (path.Contains("/obj/", StringComparison.Ordinal) || path.Contains("/bin/", StringComparison.Ordinal))
            {
                continue;
            }
            var texts = CSharpSyntaxTree
                .ParseText(File.ReadAllText(file))
                .GetRoot()
                .DescendantNodes()
                .SelectMany(Refusing)
                .SelectMany(Sentences)
                .Where(sentence => sentence.Contains(' ', StringComparison.Ordinal))
                .Distinct()
                .ToList();
            if (texts.Count > 0)
            {
                document.Append("## ").Append(path["Allianz.Portfolio.".Length..]).Append("\n\n");
                foreach (var text in texts)
                {
                    document.Append("- ").Append(text).Append('\n');
                }
                document.Append('\n');
            }
        }
        return document.ToString().TrimEnd('\n') + "\n";
    }

    // The expressions of a node among which the sentence is.
    private static IEnumerable<ExpressionSyntax> Refusing(SyntaxNode node) =>
        node switch
        {
            InvocationExpressionSyntax call when Name(call) is var name && (_calls.Contains(name.Split('.')[^1]) || IsProblem(name)) =>
                Arguments(call.ArgumentList),
            ObjectCreationExpressionSyntax made when _exceptions.Contains(made.Type.ToString()) => Arguments(made.ArgumentList),
            // Problems in their own file.
            ImplicitObjectCreationExpressionSyntax made
                when made.FirstAncestorOrSelf<ClassDeclarationSyntax>()?.Identifier.Text == "Problem" => Arguments(made.ArgumentList),
            ObjectCreationExpressionSyntax made when made.Type.ToString() == "Problem" => Arguments(made.ArgumentList),
            ConstructorInitializerSyntax { ThisOrBaseKeyword.Text: "base" } initializer
                when initializer
                    .FirstAncestorOrSelf<ClassDeclarationSyntax>()
                    ?.Identifier.Text.EndsWith("Attribute", StringComparison.Ordinal) == true => Arguments(initializer.ArgumentList),
            // Rules that give the sentence back.
            ReturnStatementSyntax { Expression: { } returned } when IsRule(node) => [returned],
            YieldStatementSyntax { Expression: { } returned } when IsRule(node) => [returned],
            ArrowExpressionClauseSyntax { Expression: var returned } when IsRule(node) => [returned],
            AttributeArgumentSyntax { NameEquals.Name.Identifier.Text: "ErrorMessage" } argument => [argument.Expression],
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.Text: "ErrorMessage" } } set => [set.Right],
            _ => [],
        };

    private static bool IsRule(SyntaxNode node) =>
        node.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.Text is { } name
        && (name.StartsWith("Wrong", StringComparison.Ordinal) || name.StartsWith("Fault", StringComparison.Ordinal));

    // The name of a thing that was not found is no sentence; Problem.cs has it.
    private static bool IsProblem(string name) => name.StartsWith("Problem.", StringComparison.Ordinal) && name != "Problem.NotFound";

    // With its class where it is static, otherwise by itself.
    private static string Name(InvocationExpressionSyntax call) =>
        call.Expression switch
        {
            MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax owner } access when char.IsUpper(owner.Identifier.Text[0]) =>
                $"{owner.Identifier.Text}.{access.Name.Identifier.Text}",
            MemberAccessExpressionSyntax access => access.Name.Identifier.Text,
            SimpleNameSyntax name => name.FirstAncestorOrSelf<ClassDeclarationSyntax>()?.Identifier.Text == "Problem"
                ? $"Problem.{name.Identifier.Text}"
                : name.Identifier.Text,
            _ => "",
        };

    private static IEnumerable<ExpressionSyntax> Arguments(BaseArgumentListSyntax? list) =>
        list?.Arguments.Select(argument => argument.Expression) ?? [];

    // What an expression may say: each way of a choice by itself, and names where something is put in.
    private static IEnumerable<string> Sentences(ExpressionSyntax expression) =>
        expression switch
        {
            LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.StringLiteralExpression) => [literal.Token.ValueText],
            InterpolatedStringExpressionSyntax text => [string.Concat(text.Contents.Select(Part))],
            ParenthesizedExpressionSyntax inner => Sentences(inner.Expression),
            ConditionalExpressionSyntax choice => [.. Sentences(choice.WhenTrue), .. Sentences(choice.WhenFalse)],
            SwitchExpressionSyntax choice => choice.Arms.SelectMany(arm => Sentences(arm.Expression)),
            BinaryExpressionSyntax sum when sum.IsKind(SyntaxKind.AddExpression) =>
            [
                string.Concat(new[] { sum.Left, sum.Right }.Select(side => Sentences(side).FirstOrDefault() ?? $"{{{side}}}")),
            ],
            BinaryExpressionSyntax either when either.IsKind(SyntaxKind.CoalesceExpression) => Sentences(either.Right),
            _ => [],
        };

    private static string Part(InterpolatedStringContentSyntax content) =>
        content switch
        {
            InterpolatedStringTextSyntax text => text.TextToken.ValueText,
            InterpolationSyntax { Expression: var inserted } =>
                $"{{{string.Join(' ', inserted.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}}}",
            _ => "",
        };
}
