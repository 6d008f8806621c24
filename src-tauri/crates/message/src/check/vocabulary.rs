//! Words of English that every sentence may have, and the verbs that subjects begin with.

/// Words that every sentence has.
pub(super) const STOP: &str = "\
    a an the and or of in on at to into onto from for with without by as is are be been was were it its this \
    that these those than then when while if where which who how what not no all any each every some more most \
    other only also so such too very via per up out off over under after before between during through instead \
    can could should will would may does do don t s has have now new old same their there they use using used \
    uses make makes let e g i etc vs both first last one two";

/// What people begin subjects with, in the imperative.
pub(super) const VERBS: &str = "\
    adapt add adjust align allow apply avoid await build bump cache call change check clarify clean cleanup \
    clear close collapse compare compile compute configure convert copy correct count create cut declare decode \
    define delete deprecate detect disable document downgrade drop emit enable encode enforce enhance ensure \
    escape exclude expand export expose extend extract fetch filter find fix flush format forward generate group \
    handle hide hold ignore implement import improve include increase initialize inline insert install integrate \
    introduce invoke join keep limit link list load log lower make map mark match mention merge migrate modify \
    move normalize omit open optimize order override parse pass pick pin polish prefer prepare preserve prevent \
    print publish pull push quote raise read reduce refactor refine reflect refresh register reject relax \
    release remove rename render reorder reorganize replace report require reset resolve respect restore \
    restrict restructure retry return reuse revert rewrite round run save scan select send separate set share \
    shorten show simplify skip sort specify split start stop store streamline strip support switch sync test \
    throw track translate trim truncate try tweak unify unset update upgrade use validate verify wait warn watch \
    wrap write";
