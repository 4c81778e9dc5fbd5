using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Tests.Alerts;
using SeniorIoT.Server.Tests.Notices;
using SeniorIoT.TimeSeries;
using Xunit;
using Alert = SeniorIoT.Domain.Alerts.Alert;
using Evidence = SeniorIoT.Domain.Detection.Evidence;
using QuietHours = SeniorIoT.Domain.Duty.QuietHours;

namespace SeniorIoT.Server.Tests.Duty;

/// <summary>Who gets the texts. It is Saturday noon in Shanghai when a district starts.</summary>
public sealed class DutyStoryTests
{
    private const string Volunteer = "+8613800000001";
    private const Weekdays Everyday = (Weekdays)127;
    private static readonly Person Day = new("王值班", "+8613800000031");
    private static readonly Person Night = new("李值班", "+8613800000032");

    /// <summary>Day from 8 to 20; Night after that, but nobody in the night to Monday.</summary>
    private static readonly Area Home = new("江苏路街道", "江苏居委会");
    private static readonly Rota Committee = new(Home, Role.CommitteeDuty, [Day, Night],
        [new(Everyday, new(8, 0), new(20, 0), [Day.Number]), new(Everyday & ~Weekdays.Sunday, new(20, 0), new(8, 0), [Night.Number])], []);

    [Fact]
    public async Task A_rota_changes_who_gets_the_text_of_a_press_and_a_swap_who_stands_in()
    {
        await using var district = await District.StartAsync();
        await SetAsync(district, Committee);
        await district.DeliverAsync("b1", district.Button());
        Assert.Equal(["Li", "王值班"], Texted(district, district.Alerts()[0]));

        district.Clock.Advance(TimeSpan.FromHours(9)); // nine in the evening
        await district.DeliverAsync("b2", district.Button());
        Assert.Equal(["Li", "李值班"], Texted(district, district.Alerts()[0]));

        await CloseAsync(district, "H2/sos");
        var now = district.Clock.GetUtcNow();
        await ChangeAsync(district, connection => DutyStore.Add(connection, Home, Role.CommitteeDuty, new Swap(0, Night.Number, new("赵代班", "+8613800000033"), now, now.AddHours(4), null, "An")));
        await district.DeliverAsync("b2", district.Button());
        Assert.Equal(["Li", "赵代班"], Texted(district, district.Alerts()[0]));
    }

    [Fact]
    public async Task In_a_gap_of_the_rota_everybody_of_the_role_is_told()
    {
        await using var district = await District.StartAsync();
        await SetAsync(district, Committee);
        district.Clock.Advance(TimeSpan.FromHours(33)); // Sunday, nine in the evening
        await district.DeliverAsync("b1", district.Button());
        Assert.Equal(["Li", "duty", "王值班", "李值班"], Texted(district, district.Alerts()[0]));
    }

    [Fact]
    public async Task A_volunteer_on_holiday_is_not_texted_until_back()
    {
        await using var district = await District.StartAsync();
        var now = district.Clock.GetUtcNow();
        await ChangeAsync(district, connection => DutyStore.Add(connection, new PersonAbsence(0, Volunteer, "Li", now, now.AddDays(3), "holiday", "An")));
        await district.DeliverAsync("b1", district.Button());
        Assert.Equal(["duty"], Texted(district, district.Alerts()[0]));
        district.Clock.Advance(TimeSpan.FromDays(4));
        await district.DeliverAsync("b2", district.Button());
        Assert.Equal(["Li", "duty"], Texted(district, district.Alerts()[0]));
    }

    [Fact]
    public async Task At_three_in_the_night_a_person_in_quiet_hours_is_woken_by_a_press_and_not_by_dry_taps()
    {
        await using var district = await District.StartAsync();
        await SetQuietAsync(district, Volunteer);
        district.Clock.Advance(TimeSpan.FromHours(15));
        await RaiseNoWaterAsync(district, "H1");
        Assert.Equal(["duty"], Texted(district, district.Alerts("no-water")[0]));
        await district.DeliverAsync("b2", district.Button());
        Assert.Equal(["Li", "duty"], Texted(district, district.Alerts("sos")[0]));

        // When the other one sleeps too, somebody is woken.
        await SetQuietAsync(district, "+8613800000003");
        await RaiseNoWaterAsync(district, "H2");
        Assert.Equal(["Li", "duty"], Texted(district, district.Alerts("no-water")[0]));
    }

    [Fact]
    public async Task Where_the_family_is_asked_first_it_alone_hears_of_dry_taps_first_and_of_a_press_with_the_others()
    {
        await using var district = await District.StartAsync();
        Assert.True(district.Get<HouseholdDirectory>().TryGet("H1", out var home));
        district.Get<HouseholdDirectory>().Set(home with { Contacts = [.. home.Contacts, new Contact("女儿", "13800000009", Role.Contact)], ContactFirst = true });
        await RaiseNoWaterAsync(district, "H1");
        Assert.Equal(["女儿"], Texted(district, district.Alerts("no-water")[0]));
        await district.PassAsync(Ladder.ContactFirstWait);
        Assert.Equal(["女儿", "Li", "duty"], Texted(district, district.Alerts("no-water")[0]));
        await district.DeliverAsync("b1", district.Button());
        Assert.Equal(["Li", "duty"], Texted(district, district.Alerts("sos")[0]));
    }

    [Fact]
    public async Task What_people_entered_is_there_after_a_crash()
    {
        var district = await District.StartAsync();
        await SetAsync(district, Committee with { Holidays = [new(new(2026, 1, 12), Weekdays.Sunday, [Day.Number])] });
        await SetQuietAsync(district, Volunteer);
        var now = district.Clock.GetUtcNow();
        await ChangeAsync(district, connection => DutyStore.Add(connection, new PersonAbsence(0, Volunteer, "Li", now, now.AddDays(3), null, "An")));
        await ChangeAsync(district, connection => DutyStore.Add(connection, Home, Role.CommitteeDuty, new Swap(0, Day.Number, Night, now, now.AddHours(1), "sick", "An")));
        var before = district.Get<DutyDirectory>().Book;
        await using var later = district = await district.RestartAsync(withCheckpoint: false);
        var after = district.Get<DutyDirectory>().Book;
        Assert.Equal(JsonSerializer.Serialize(before.Rotas), JsonSerializer.Serialize(after.Rotas));
        Assert.Equal(before.Absences.AsEnumerable(), after.Absences);
        Assert.Equal(before.Quiet, after.Quiet);
    }

    [Fact]
    public async Task A_change_that_fails_changes_neither_the_file_nor_what_is_in_force()
    {
        await using var district = await District.StartAsync();
        await SetAsync(district, Committee);
        await Assert.ThrowsAsync<InvalidOperationException>(() => district.Get<DutyDirectory>().ChangeAsync<bool>((connection, _) =>
        {
            DutyStore.Remove(connection, Home, Role.CommitteeDuty);
            throw new InvalidOperationException("in the middle");
        }, TestContext.Current.CancellationToken));
        Assert.Single(district.Get<DutyDirectory>().Book.Rotas);
        await district.DeliverAsync("b1", district.Button());
        Assert.Equal(["Li", "王值班"], Texted(district, district.Alerts()[0]));
    }

    [Fact]
    public async Task Households_with_nobody_to_tell_are_an_alert_until_somebody_is_entered()
    {
        await using var district = await District.StartAsync();
        var watch = district.Get<DutyWatch>();
        await watch.RunAsync();
        Assert.Empty(district.Alerts("nobody-to-tell"));

        var households = district.Get<HouseholdDirectory>();
        Assert.True(households.TryGet("H1", out var home));
        households.Set(home with { HouseholdId = "H3", Contacts = [] });
        households.Set(home with { HouseholdId = "H4", Contacts = [new Contact("居委", "021-52310000", Role.CommitteeDuty)] });
        await watch.RunAsync();
        await watch.RunAsync();
        var alert = Assert.Single(district.Alerts("nobody-to-tell"));
        Assert.Equal(0, alert.Repeats);
        Assert.Contains("Of 1 households nobody can be told. Of 1 households only people can be told whom no text gets to.", alert.Evidence.Note);
        Assert.Empty(Texted(district, alert));

        households.Set(home with { HouseholdId = "H3" });
        households.Set(home with { HouseholdId = "H4" });
        await watch.RunAsync();
        Assert.NotNull(Assert.Single(district.Alerts("nobody-to-tell")).ClearedAt);
    }

    [Fact]
    public async Task Everybody_gets_one_test_text_a_month_by_day_whatever_is_repeated_and_receipts_and_answers_prove_the_number()
    {
        await using var provider = await Provider.StartAsync();
        var district = await District.StartAsync(twilio: provider.Options);
        Assert.Equal("untested", ReachOf(district, Volunteer));
        Turn(district, new(2026, 1, 29, 3, 0, 0));
        Assert.Equal(0, await district.Get<TestTexts>().RunAsync()); // at night nobody is woken
        Turn(district, new(2026, 1, 29, 10, 0, 0));
        Assert.Equal(5, await district.Get<TestTexts>().RunAsync());
        Assert.Equal(0, await district.Get<TestTexts>().RunAsync());
        await district.SendAsync();
        Assert.Equal(5, provider.Asked.Select(asked => asked.Form["To"]).Distinct().Count());
        Assert.All(provider.Asked, asked => Assert.Equal("【江苏路街道】2026年1月短信测试:收到即可,不用回复。应急通知也会这样发给您,谢谢。", asked.Form["Body"]));

        // A crash after the notices and before the record of them owes the same ones again, which is nothing new.
        await district.Get<Registry>().File.WriteAsync(connection => SeniorIoT.Server.Storage.SqliteCommands.Run(connection, "DELETE FROM test_texts"), TestContext.Current.CancellationToken);
        Assert.Equal(5, await district.Get<TestTexts>().RunAsync());
        await district.SendAsync();
        Assert.Equal(5, provider.Asked.Count);

        district.Clock.Advance(TimeSpan.FromDays(2));
        await using var later = district = await district.RestartAsync(withCheckpoint: true);
        Assert.Equal("fine", ReachOf(district, Volunteer)); // no receipt ever came: that is the provider's doing
        var notice = district.Get<NoticeStore>().List(null, long.MaxValue, 10).Items.First(one => PhoneNumber.ToE164(one.Phone) == "+8613800000002");
        await district.Get<NoticeReceipts>().ReceiveAsync("SM1", notice.NoticeId, NoticeState.Delivered, null, district.Clock.GetUtcNow());
        district.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("unconfirmed", ReachOf(district, Volunteer));
        Assert.Equal("fine", ReachOf(district, "+8613800000002"));
        district.Get<DutyWatch>().FindUnreachable();
        Assert.Contains(Volunteer, district.Get<DutyDirectory>().Unreachable.AsEnumerable());
        await district.Get<TextRecords>().HeardAsync(Volunteer);
        district.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("fine", ReachOf(district, Volunteer));
    }

    [Fact]
    public async Task Who_leaves_takes_the_traces_along_and_old_test_texts_go()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        await SetQuietAsync(district, Volunteer);
        await SetQuietAsync(district, "+8613899999999");
        await district.Get<TextRecords>().HeardAsync("+8613899999999");
        Turn(district, new(2026, 1, 29, 10, 0, 0));
        await district.Get<TestTexts>().RunAsync();
        await district.DeliverAsync("b1", district.Button());
        await district.Get<DutyWatch>().RunAsync();
        Assert.Equal([Volunteer], district.Get<DutyDirectory>().Book.Quiet.Keys);
        Assert.Null(district.Get<TextRecords>().Refresh().Of("+8613899999999").HeardAt);
        Assert.NotNull(district.Get<TextRecords>().Refresh().Of(Volunteer).TestedAt);

        var notices = district.Get<NoticeStore>();
        Assert.Equal(5, notices.List(null, long.MaxValue, 20).Items.Count(notice => notice.AlertId.Length == 0));
        Turn(district, new(2026, 8, 5, 4, 0, 0));
        await new NightlyCleanUp(
            district.Store, district.Get<ITimeSeriesStore>(), district.Get<ShadowDesk>(), new RetentionOptions(), district.Clock, NullLogger<NightlyCleanUp>.Instance).RunAsync();
        Assert.Equal(["A0001", "A0001", "A0001"], notices.List(null, long.MaxValue, 20).Items.Select(notice => notice.AlertId));
    }

    private static Task SetAsync(District district, Rota rota) => ChangeAsync(district, connection =>
    {
        DutyStore.Set(connection, rota);
        return 0L;
    });

    private static Task SetQuietAsync(District district, string number) => ChangeAsync(district, connection =>
    {
        DutyStore.Set(connection, number, new QuietHours(new(22, 0), new(7, 0)));
        return 0L;
    });

    private static Task<long> ChangeAsync(District district, Func<Microsoft.Data.Sqlite.SqliteConnection, long> change) =>
        district.Get<DutyDirectory>().ChangeAsync((connection, _) => change(connection));

    private static Task RaiseNoWaterAsync(District district, string household) => district.Alert(household + "/no-water").Raise(
        new Finding.Raised(Rule.NoWater, district.Clock.GetUtcNow(), household + "/dry", new Evidence(CoveredHours: 12.5)), new("w1"), new(household));

    private static Task CloseAsync(District district, string key) =>
        district.Alert(key).Act(district.Alerts()[0].Id, new AlertCommand.Close("An", "safe", null), new("An", null));

    private static void Turn(District district, DateTime local) => district.Clock.SetUtcNow(new DateTimeOffset(local, TimeSpan.FromHours(8)));

    private static string ReachOf(District district, string number) => DutyReport.Word(district.Get<TextRecords>().Latest.ReachOf(number));

    private static string[] Texted(District district, Alert alert) => [.. district.Notices(alert).Where(notice => notice.Channel == "sms").Select(notice => notice.Recipient)];
}
