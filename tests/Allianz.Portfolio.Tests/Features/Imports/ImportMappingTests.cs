using System.Text;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.UseCases.Imports;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Tests.Features.Imports;

public class ImportMappingTests
{
    [Test]
    public void The_mappings_that_come_with_the_program_are_right_and_named_like_their_files()
    {
        Assert.That(ImportMapping.BuiltIn, Is.EqualTo(new[] { "nyc-capital-projects", "us-federal-it-projects" }));
        Assert.That(ImportMapping.BuiltIn.Select(name => ImportMapping.Named(name)!.Name), Is.EqualTo(ImportMapping.BuiltIn));
    }

    [Test]
    public void The_mapping_in_the_guide_is_right()
    {
        var guide = File.ReadAllText(Path.Combine(Root(), "docs", "importing.md"));
        var json = guide.Split("```json")[1].Split("```")[0];

        var mapping = ImportMapping.Read(Encoding.UTF8.GetBytes(json));

        Assert.That(mapping.Project.Phase!.Values["läuft"], Is.EqualTo(Phase.Implementing));
        Assert.That(mapping.Status!.Spent!.Decimal, Is.EqualTo(DecimalMark.Comma));
    }

    [TestCase("\"status\": { \"spent\": { \"column\": \"S\" } }", "/status/reportedOn")]
    [TestCase("\"milestones\": [{ \"key\": \"m\", \"title\": \"M\" }]", "/milestones/0")]
    [TestCase("\"partners\": [{ \"role\": \"lead\" }]", "/partners/0")]
    [TestCase("\"partners\": [{ \"column\": \"P\", \"role\": \"lead\", \"prefix\": \"Ä \" }]", "/partners/0/prefix")]
    [TestCase("\"reportingDate\": { \"column\": \"D\", \"formats\": [\"dd.MM.\"] }", "/reportingDate/formats")]
    [TestCase("\"reportingDate\": { \"column\": \"D\", \"formats\": [] }", "/reportingDate/formats")]
    public void What_cannot_be_meant_is_refused_with_its_place(string member, string pointer)
    {
        var json = $$"""{ "name": "x", "project": { "key": { "column": "K" }, "title": { "column": "T" } }, {{member}} }""";

        var problem = Assert.Throws<Problem>(() => ImportMapping.Read(Encoding.UTF8.GetBytes(json)))!;

        Assert.That(problem.Errors!.Select(e => e.Pointer), Is.EqualTo(new[] { pointer }));
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Allianz.Portfolio.sln")))
        {
            folder = folder.Parent!;
        }
        return folder.FullName;
    }
}
