using System.Reflection;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;
using Dapper;
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
        var callers = Types(_api)
            .SelectMany(t =>
                t.GetMethods(
                    BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance
                )
            )
            .Where(m =>
                Calls(m)
                    .Any(c =>
                        c.DeclaringType == typeof(SqlMapper) || typeof(System.Data.Common.DbCommand).IsAssignableFrom(c.DeclaringType)
                    )
            )
            .Select(m => Outermost(m.DeclaringType!))
            .Distinct()
            .ToList();

        Assert.That(callers, Has.Some.EqualTo(typeof(Session)));
        Assert.That(callers.Where(t => t.Namespace is not "Allianz.Portfolio.Api.Database").Select(t => t.FullName), Is.Empty);
    }

    /// <summary>What one transaction writes is run again as a whole when another one is in its way: by the ledger's commands, or by WriteAsync.</summary>
    [Test]
    public void Transactions_are_begun_only_where_they_are_run_again()
    {
        var begin = typeof(PortfolioDatabase).GetMethod(nameof(PortfolioDatabase.BeginAsync))!;

        var callers = _api.GetTypes()
            .SelectMany(t =>
                t.GetMethods(
                    BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance
                )
            )
            .Where(m => Calls(m).Any(c => c.MetadataToken == begin.MetadataToken && c.Module == begin.Module))
            .Select(m => Outermost(m.DeclaringType!))
            .Distinct();

        Assert.That(callers, Is.EquivalentTo(new[] { typeof(PortfolioDatabase), typeof(PortfolioLedger) }));
    }

    private static IEnumerable<Type> Types(Assembly assembly) =>
        assembly.GetTypes().Where(t => t.Namespace?.StartsWith("Allianz", StringComparison.Ordinal) == true);

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static bool IsHandler(Type type) =>
        type is { IsAbstract: false }
        && type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequestHandler<,>));

    // Every call instruction's operand that is a method; what is no such token by chance does no harm.
    private static IEnumerable<MethodBase> Calls(MethodInfo method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var i = 0; i + 4 < code.Length; i++)
        {
            if (code[i] is 0x28 or 0x6F)
            {
                MethodBase? called = null;
                try
                {
                    called = method.Module.ResolveMethod(
                        BitConverter.ToInt32(code, i + 1),
                        method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null,
                        method.IsGenericMethod ? method.GetGenericArguments() : null
                    );
                }
                catch (Exception e) when (e is ArgumentException or BadImageFormatException) { }
                if (called is not null)
                {
                    yield return called;
                }
            }
        }
    }
}
