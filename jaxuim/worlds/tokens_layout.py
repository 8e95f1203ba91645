"""Which token numbers of the synthetic language stand for what, and how a document is laid out."""

from typing import NamedTuple

VALUES, QUALIFIERS, GROUPS, RELATIONS = 4, 4, 4, 4
# Positions of the statements that open a document; words follow.
VALUE, QUALIFIER, STANCE, GROUP, ATTRIBUTE, SUBJECT, RELATION, OBJECT = range(8)
OPENING = 8


class Layout(NamedTuple):
    """Numbers of subjects, objects and words, and the first token number of every kind.

    A vocabulary of V tokens holds, in this order, 4 values, 4 qualifiers, the wanted and the
    unwanted stance, 4 groups, 4 attributes, V // 8 subjects, 4 relations, V // 16 objects and
    words.
    """

    vocabulary: int

    @property
    def qualifier(self) -> int:
        """The first qualifier."""
        return VALUES

    @property
    def stance(self) -> int:
        """The wanted stance; the unwanted one follows."""
        return VALUES + QUALIFIERS

    @property
    def group(self) -> int:
        """The first group."""
        return self.stance + 2

    @property
    def attribute(self) -> int:
        """The first attribute."""
        return self.group + GROUPS

    @property
    def subject(self) -> int:
        """The first subject."""
        return self.attribute + GROUPS

    @property
    def subjects(self) -> int:
        """The number of subjects."""
        return self.vocabulary // 8

    @property
    def relation(self) -> int:
        """The first relation."""
        return self.subject + self.subjects

    @property
    def object(self) -> int:
        """The first object."""
        return self.relation + RELATIONS

    @property
    def objects(self) -> int:
        """The number of objects."""
        return self.vocabulary // 16

    @property
    def word(self) -> int:
        """The first word.

        >>> Layout(256).word
        70
        """
        return self.object + self.objects

    @property
    def words(self) -> int:
        """The number of words.

        >>> Layout(256).words
        186
        """
        return self.vocabulary - self.word
