using System.Reflection;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;
using MediatR;
using Microsoft.Extensions.Logging.Abstractions;

namespace Allianz.Portfolio.Tests;

/// <summary>What the code has agreed with itself.</summary>
public class ArchitectureTests
{
    private static readonly Assembly _api = typeof(Statement).Assembly;
    private static readonly Assembly _domain = typeof(Allianz.Portfolio.Domain.Codes).Assembly;

    [Test]
    public void Rules_know_neither_database_nor_HTTP()
    {
        var foreign = _domain.GetReferencedAssemblies().Select(a => a.Name!).Where(n => !n.StartsWith("System.", StringComparison.Ordinal));

        Assert.That(foreign, Is.Empty);
    }

    [Test]
    public void Nothing_is_named_by_a_word_that_says_nothing()
    {
        var endings = new[] { "Service", "Manager", "Helper", "Repository", "Dto", "Utils", "Util" };
        var named = Types(_api).Concat(Types(_domain)).Where(t => endings.Any(e => t.Name.EndsWith(e, StringComparison.Ordinal)));

        Assert.That(named, Is.Empty);
    }

    [Test]
    public void No_interface_of_ours_has_only_one_implementation()
    {
        var interfaces = Types(_api).Concat(Types(_domain)).Where(t => t.IsInterface);
        var single = interfaces.Where(i =>
            Types(_api)
                .Concat(Types(_domain))
                .Count(t => t.IsClass && t.GetInterfaces().Any(x => (x.IsGenericType ? x.GetGenericTypeDefinition() : x) == i)) == 1
            // Pages of all types are one type; who may see a kind is a vocabulary, of which a word may be used once.
            && i.Name != "IPage"
            && !i.IsAssignableTo(typeof(IVisible))
        );

        Assert.That(single, Is.Empty);
    }

    [Test]
    public void Handlers_are_given_nothing_of_other_slices()
    {
        var handlers = Types(_api).Where(IsHandler).ToList();
        var crossing =
            from handler in handlers
            from parameter in handler.GetConstructors().SelectMany(c => c.GetParameters())
            where
                parameter.ParameterType == typeof(IMediator)
                || parameter.ParameterType == typeof(Mediator)
                || IsHandler(parameter.ParameterType)
            select handler.DeclaringType!.Name;

        Assert.That(handlers, Has.Count.GreaterThan(30));
        // The demo is loaded by the commands that everybody uses.
        Assert.That(crossing.Distinct(), Is.SubsetOf(new[] { "LoadDemo" }));
    }

    [Test]
    public void Every_slice_is_a_static_class_with_one_handler_that_answers_one_request()
    {
        // Verbs of declared kinds are written once for all of them.
        foreach (var handler in Types(_api).Where(t => IsHandler(t) && !t.IsGenericTypeDefinition))
        {
            var slice = handler.DeclaringType;

            Assert.That(slice, Is.Not.Null, handler.FullName);
            Assert.That(slice!.IsAbstract && slice.IsSealed, Is.True, $"{slice.Name} is static");
            Assert.That(slice.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).Count(IsHandler), Is.EqualTo(1), slice.Name);
        }
    }

    [Test]
    public void Rows_map_to_resources_without_a_member_left_over() =>
        new MapperConfiguration(o => o.AddMaps(_api), NullLoggerFactory.Instance).AssertConfigurationIsValid();

    /// <summary>A slice hands statements to a session; only there Dapper is called, so that no text becomes SQL on the way.</summary>
    [Test]
    public void SQL_is_run_in_one_place()
    {
        using var program = Compiled();
        var commands = typeof(System.Data.Common.DbCommand).FullName + "::";
        var callers = program
            .Types.Where(type =>
                CompiledProgram
                    .Calls(type)
                    .Any(call =>
                        call.StartsWith("Dapper.SqlMapper::", StringComparison.Ordinal)
                        || call.StartsWith(commands, StringComparison.Ordinal)
                    )
            )
            .ToList();

        Assert.That(callers.Select(type => type.Name), Has.Some.EqualTo(nameof(Session)));
        Assert.That(callers.Where(type => type.Namespace != typeof(Session).Namespace).Select(type => type.FullName), Is.Empty);
    }

    /// <summary>What one transaction writes is run again as a whole when another one is in its way: by the ledger's commands, or by WriteAsync.</summary>
    [Test]
    public void Transactions_are_begun_only_where_they_are_run_again()
    {
        using var program = Compiled();
        var callers = program
            .Types.Where(type =>
                CompiledProgram.Calls(type).Contains($"{typeof(PortfolioDatabase).FullName}::{nameof(PortfolioDatabase.BeginAsync)}")
            )
            .Select(type => type.FullName);

        Assert.That(callers, Is.EquivalentTo(new[] { typeof(PortfolioDatabase).FullName, typeof(PortfolioLedger).FullName }));
    }

    // From the ground up. Folders that stand on one floor do not know each other.
    private static readonly string[][] _floors =
    [
        ["Errors"],
        ["Database"],
        ["Ledger"],
        ["Security"],
        ["Http"],
        ["Kinds"],
        ["Documents", "Mail"],
        ["UseCases"],
        ["Jobs"],
        ["Pages"],
        ["Host"],
    ];

    [Test]
    public void Nothing_refers_to_a_higher_floor()
    {
        using var program = Compiled();
        var types = program.Types.ToList();
        var climbing =
            from type in types
            let own = Folder(type.Namespace)
            from used in CompiledProgram.Uses(type)
            let other = Folder(used)
            where own is not null && other is not null && own != other && Floor(other) >= Floor(own)
            select $"{type.FullName} > {used}";

        Assert.That(types.Select(type => Folder(type.Namespace)).OfType<string>().Distinct(), Is.EquivalentTo(_floors.SelectMany(f => f)));
        Assert.That(climbing, Is.Empty);
    }

    [Test]
    public void A_reference_in_an_attribute_or_in_the_body_of_a_method_counts()
    {
        using var tests = new CompiledProgram(typeof(ArchitectureTests).Assembly.Location);
        var uses = CompiledProgram.Uses(tests.Types.Single(type => type.Name == nameof(Climber)));

        Assert.That(uses, Is.SupersetOf(new[] { typeof(InAttribute), typeof(InBody), typeof(InLambda) }.Select(type => type.FullName)));
    }

    private static CompiledProgram Compiled() => new(_api.Location);

    private static int Floor(string folder) => Array.FindIndex(_floors, floor => floor.Contains(folder));

    // The folder of a type or a namespace of ours; what Razor made of the pages belongs to them, what stands above all folders is the start.
    private static string? Folder(string name)
    {
        const string api = "Allianz.Portfolio.Api";
        return name.StartsWith("AspNetCoreGeneratedDocument", StringComparison.Ordinal) ? "Pages"
            : name.StartsWith(api + ".", StringComparison.Ordinal)
                ? name[(api.Length + 1)..].Split('.')[0] is var folder && Floor(folder) >= 0 ? folder
                    : throw new InvalidOperationException($"'{name}' stands on no floor.")
            : null;
    }

    private static IEnumerable<Type> Types(Assembly assembly) =>
        assembly.GetTypes().Where(t => t.Namespace?.StartsWith("Allianz", StringComparison.Ordinal) == true);

    private static bool IsHandler(Type type) =>
        type is { IsAbstract: false }
        && type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequestHandler<,>));
}

[Names(typeof(InAttribute))]
internal sealed class Climber
{
    public static string Body() => nameof(Climber) + new InBody();

    public static Func<object> Lambda() => () => new InLambda();
}

internal sealed class InAttribute;

internal sealed class InBody;

internal sealed class InLambda;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class NamesAttribute(Type type) : Attribute
{
    public Type Type => type;
}
